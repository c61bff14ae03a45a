# Part of ./dev: what is wrong with the source without running it.

# Files of the project, also those that are not committed yet.
files() {
    git -C "$top" ls-files --cached --others --exclude-standard -- "$@" |
        while IFS= read -r file; do
            [ ! -f "$top/$file" ] || printf '%s\n' "$file"
        done
}

shell_scripts() {
    files | while IFS= read -r file; do
        case $(head -n 1 "$file" | tr -d '\000') in
        '#!'*/sh | '#!'*bash | *'shellcheck shell='*) printf '%s\n' "$file" ;;
        esac
    done
}

lint_format() { files '*.c' '*.h' | xargs clang-format --dry-run -Werror; }

# (dev pulls in tools/dev/*.sh, which are checked as part of it.)
lint_shell() { shell_scripts | xargs shellcheck --external-sources --check-sourced; }

lint_leftovers() {
    # Spelled so that this line does not find itself.
    ! files | xargs grep -nwIE 'TO[D]O|FIX[M]E|XX[X]'
}

lint_layers() { tools/layers --build build-clang; }

# Each file with the flags that it is compiled with.
lint_tidy() {
    files '*.c' | while IFS= read -r file; do
        if grep -qF "/$file\"" build-clang/compile_commands.json; then
            printf '%s -p build-clang\n' "$file"
        elif grep -qF "/$file\"" build-fuzz/compile_commands.json; then
            printf '%s -p build-fuzz\n' "$file"
        else
            printf '%s -- -std=gnu17 -Iinclude -Isrc\n' "$file"
        fi
    done | xargs -P "$(nproc)" -L 1 clang-tidy --quiet
}

cmd_lint() {
    need "$lint_packages"
    cd "$top" || exit
    compile_clang
    compile_fuzz
    lint_status=0
    for part in format shell leftovers layers tidy; do
        if quietly "build-clang/dev-logs/lint-$part.log" "lint_$part"; then
            checked="${checked-}${checked:+, }$part"
        else
            lint_status=1
        fi
    done
    say "lint: $(files '*.c' '*.h' | wc -l) C files and $(shell_scripts | wc -l) scripts;" \
        "clean: ${checked:-nothing}"
    return "$lint_status"
}
