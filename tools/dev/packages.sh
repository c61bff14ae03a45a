# Part of ./dev: which Debian packages each word needs, and how they are installed.

# One table a word.
build_packages='gcc libc6-dev meson ninja-build pkg-config libc-ares-dev libidn2-dev libyaml-dev
    libjansson-dev scdoc'
test_packages="$build_packages g++ clang libclang-rt-dev llvm libcmocka-dev python3 python3-pytest
    python3-yaml python3-jsonschema iproute2 nftables strace nginx redis-server postgresql
    openssh-server openssh-client procps util-linux bash-completion zsh"
fuzz_packages="$build_packages clang libclang-rt-dev llvm"
lint_packages="$build_packages clang clang-format clang-tidy libclang-rt-dev libcmocka-dev git
    python3 binutils shellcheck"
bench_packages="$build_packages python3 iproute2 util-linux binutils strace linux-perf
    netcat-openbsd nmap monitoring-plugins-basic prometheus-blackbox-exporter fping hyperfine"
fresh_packages='debootstrap debian-archive-keyring git mount util-linux'

# missing_packages LIST: one look at dpkg's table, some 20 ms.
missing_packages() {
    # shellcheck disable=SC2086
    dpkg-query --show --showformat '${Package} ${db:Status-Status}\n' $1 2>/dev/null |
        awk -v wanted="$1" '
            $2 == "installed" { have[$1] = 1 }
            END {
                count = split(wanted, names)
                for (i = 1; i <= count; i++)
                    if (!(names[i] in have)) {
                        have[names[i]] = 1
                        printf "%s%s", gap, names[i]
                        gap = " "
                    }
            }'
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

can_become_root() {
    [ "$(id -u)" -eq 0 ] && return
    command -v sudo >/dev/null || return
    # Without a terminal nobody can type a password.
    sudo -n true 2>/dev/null || { [ -t 2 ] && sudo -v; }
}

# need LIST: installs what is missing of it.
need() {
    [ -z "${DEV_NO_INSTALL-}" ] || return 0
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        # shellcheck disable=SC2086
        die 69 'this is not Debian: please install what these packages of Debian hold, then set' \
            'DEV_NO_INSTALL=1:' $1
    fi
    missing=$(missing_packages "$1")
    [ -n "$missing" ] || return 0
    can_become_root || die 69 "neither root nor sudo; please install these packages: $missing"
    say "installing $missing"
    # shellcheck disable=SC2086
    as_root "$top/dev" install-packages $missing ||
        die 69 "these packages could not be installed: $missing"
}

# Run as root. Some packages start a service; a policy-rc.d that says no keeps it from starting,
# and is removed again.
install_packages() {
    log=$(mktemp)
    policy=/usr/sbin/policy-rc.d
    made_policy=
    trap 'rm -f "$log"; [ -z "$made_policy" ] || rm -f "$policy"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    if [ ! -e "$policy" ]; then
        made_policy=yes
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
    fi
    export DEBIAN_FRONTEND=noninteractive
    if ! { apt-get -qq update &&
        apt-get -qq -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@"; } \
        >"$log" 2>&1 </dev/null; then
        tail -n 40 "$log" >&2
        exit 1
    fi
}
