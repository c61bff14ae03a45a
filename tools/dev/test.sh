# Part of ./dev: the tests, all counted into one line.
#
# Five builds: gcc as released, clang, gcc with ASan and UBSan, gcc with TSan, and clang for the fuzzers. What a
# test prints is counted from the JUnit report that its runner writes, never from its text.

passed=0
failed=0
skipped=0

# tally LABEL STATUS PASSED FAILED SKIPPED: a step that failed without a failed case counts as one.
tally() {
    step_failed=$4
    [ "$2" -eq 0 ] || [ "$4" -gt 0 ] || step_failed=1
    passed=$((passed + $3))
    failed=$((failed + step_failed))
    skipped=$((skipped + $5))
    printf '  %-40s %5s passed, %s failed, %s skipped  (%s)\n' "$1" "$3" "$step_failed" "$5" \
        "$(elapsed)"
}

# tally_junit LABEL STATUS FILE: a step that reports nothing, or no case, has failed.
tally_junit() {
    counts=$("$top/tools/junit_count" "$3") || counts='0 1 0'
    # shellcheck disable=SC2086
    tally "$1" "$2" $counts
}

begin() { step_start=$(date +%s); }

elapsed() { printf '%s s' "$(($(date +%s) - step_start))"; }

test_compile() {
    for kind in gcc clang sanitize thread fuzz; do
        begin
        if "compile_$kind"; then
            printf '  %-40s %5s  (%s)\n' "compile $kind, warnings are errors" ok "$(elapsed)"
        else
            tally "compile $kind, warnings are errors" 1 0 0 0
            finish
        fi
    done
}

# meson does not show what a TAP program said about a failure, so that is fetched from its log.
run_units() {
    meson test -C "$1" --no-rebuild --print-errorlogs --timeout-multiplier 4 \
        --suite unit --suite virtual && return
    status=$?
    printf '\nAll failed cases:\n'
    grep -A 4 '^not ok' "$1/meson-logs/testlog.txt"
    return "$status"
}

test_units() {
    for kind in gcc clang sanitize; do
        begin
        directory=$top/build-$kind
        report=$directory/meson-logs/testlog.junit.xml
        rm -f "$report"
        status=0
        quietly "$directory/dev-logs/units.log" run_units "$directory" || status=$?
        tally_junit "unit and virtual tests, $kind" "$status" "$report"
    done
}

# start_pytest BUILD [FILE...]: to be run in the background, hence exec: the job's number is then
# timeout's own. Debian's pytest, whatever else calls itself python3.
start_pytest() {
    logs=$1/dev-logs
    mkdir -p "$logs"
    rm -f "$logs/programs.xml"
    cd "$top" || exit
    export TCPCHECK_BUILD="$1" PYTHONDONTWRITEBYTECODE=1
    shift
    exec timeout 1500 /usr/bin/python3 -m pytest -q --junitxml="$logs/programs.xml" "$@" \
        >"$logs/programs.log" 2>&1 </dev/null
}

end_pytest() {
    status=0
    wait "$2" || status=$?
    judge "$top/build-$1/dev-logs/programs.log" "$status" "pytest, $1" || :
    tally_junit "program and kernel tests, $1" "$status" "$top/build-$1/dev-logs/programs.xml"
}

# What concerns how connections are made, by threads.
start_threads() {
    export TCPCHECK_TEST_THREADS=4
    set --
    for name in threads storm stalls hold source_port all_addresses; do
        set -- "$@" "tests/kernel/test_$name.py"
    done
    start_pytest "$top/build-thread" "$@"
}

# All builds at once: each run has a network of its own, and waits more than it works.
test_programs() {
    begin
    jobs_pids=
    jobs_guard
    start_pytest "$top/build-gcc" &
    gcc_pid=$!
    start_pytest "$top/build-sanitize" &
    sanitize_pid=$!
    start_threads &
    jobs_pids="$gcc_pid $sanitize_pid $!"
    end_pytest thread $!
    end_pytest sanitize "$sanitize_pid"
    end_pytest gcc "$gcc_pid"
    jobs_pids=
}

# The last line is read by programs: "N passed, N failed", and skips only where they are allowed.
finish() {
    if [ "${CI-}" = true ] && [ "$skipped" -gt 0 ]; then
        say "$skipped skipped: nothing may be skipped here, so they count as failed"
        failed=$((failed + skipped))
        skipped=0
    fi
    [ "$passed" -gt 0 ] || [ "$failed" -gt 0 ] || failed=1
    if [ "$skipped" -gt 0 ]; then
        printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
    else
        printf '%s passed, %s failed\n' "$passed" "$failed"
    fi
    [ "$failed" -eq 0 ] && exit 0
    exit 1
}

cmd_test() {
    for part in "$@"; do
        case $part in
        units | programs | fuzz) ;;
        *) die 64 'usage: ./dev test [units] [programs] [fuzz]' ;;
        esac
    done
    need "$test_packages"
    sanitizer_environment
    [ $# -gt 0 ] || set -- units programs fuzz
    test_compile
    for part in "$@"; do
        "test_$part"
    done
    finish
}
