# Part of ./dev: the fuzzers. `found` and `crashes` in build-fuzz keep what they come upon.

fuzzers() {
    find "$top/build-fuzz/fuzz" -maxdepth 1 -type f -perm -u+x -name 'fuzz_*' | sort
}

# start_fuzzer PROGRAM SECONDS [OPTION…]: from the corpus kept here and what earlier runs found.
start_fuzzer() {
    name=${1##*/fuzz_}
    work=$top/build-fuzz
    mkdir -p "$work/dev-logs" "$work/found/$name" "$work/crashes/$name"
    program=$1
    seconds=$2
    shift 2
    exec >"$work/dev-logs/fuzz-$name.log" 2>&1 </dev/null
    exec "$program" -max_total_time="$seconds" -timeout=25 -rss_limit_mb=4096 \
        -artifact_prefix="$work/crashes/$name/" -print_final_stats=1 "$@" \
        "$work/found/$name" "$top/fuzz/corpus/$name"
}

# fuzz_all SECONDS [OPTION…]: all at once, they share the cores; sets fuzz_passed, fuzz_failed.
fuzz_all() {
    fuzz_passed=0
    fuzz_failed=0
    jobs_pids=
    jobs_guard
    for fuzzer in $(fuzzers); do
        start_fuzzer "$fuzzer" "$@" &
        jobs_pids="$jobs_pids $!"
    done
    # shellcheck disable=SC2086
    set -- $jobs_pids
    for fuzzer in $(fuzzers); do
        status=0
        wait "$1" || status=$?
        shift
        name=${fuzzer##*/fuzz_}
        if judge "$top/build-fuzz/dev-logs/fuzz-$name.log" "$status" "fuzzer $name"; then
            fuzz_passed=$((fuzz_passed + 1))
        else
            fuzz_failed=$((fuzz_failed + 1))
        fi
    done
    jobs_pids=
}

test_fuzz() {
    begin
    rm -rf "$top/build-fuzz/found"
    # The same inputs each time: a test that finds something new one run in ten helps nobody.
    fuzz_all "${DEV_FUZZ_SECONDS:-8}" -seed=1
    [ $((fuzz_passed + fuzz_failed)) -gt 0 ] || fuzz_failed=1
    tally 'fuzzers over their corpora' 0 "$fuzz_passed" "$fuzz_failed" 0
}

cmd_fuzz() {
    need "$fuzz_packages"
    sanitizer_environment
    compile_fuzz
    fuzz_all "${1:-60}"
    say "$fuzz_passed fuzzers found nothing, $fuzz_failed found something" \
        '(build-fuzz/crashes, build-fuzz/found)'
    [ "$fuzz_failed" -eq 0 ]
}
