# shellcheck shell=bash disable=SC2034,SC2154  # helpers share the variables of _tcpcheck()
#
# bash completion for tcpcheck and check_tcp_connection.
#
# Works with and without the bash-completion package, and uses its knowledge of hosts and
# commands where it is there. bash splits --format=json and db:5432 into three words each, so
# words are put together again first, and what bash takes for finished is cut off the answers.

_tcpcheck_commands='run wait lint schema explain'

_tcpcheck_waits='--host --port --timeout --source-port --retry-delay --source-address
    --interface --family --addresses --require --resolver --search --handshake --hold --close
    --resolve --ipv4 --ipv6'
_tcpcheck_connects="$_tcpcheck_waits --attempts --expect --warning --critical"
_tcpcheck_runs="$_tcpcheck_connects --format --output --max-time --dry-run --concurrency --threads --rate
    --host-rate --host-in-flight --allow-many-ports --audit --color --progress --summary --quiet
    --verbose"
_tcpcheck_common='--help --version'

_tcpcheck_classes='open refused refused_icmp timeout dns_nxdomain dns_nodata net_unreachable
    no_route permission source_port_busy host_unreachable filtered ttl_exceeded icmp_other
    local_firewall reset_early closed_early dns_timeout dns_servfail dns_refused dns_malformed
    dns_unreachable resource ports_exhausted source_unavailable local_config not_allowed cancelled
    internal'
_tcpcheck_notes='reset_after_handshake zero_window synack_repeated ipv6_failed ipv4_failed slow clock_ms'

# What /etc/services may lack.
_tcpcheck_services='amqp cassandra consul elasticsearch etcd-client grafana http https imaps kafka
    ldaps memcached mongodb mqtt mysql nats node-exporter pop3s postgresql prometheus rabbitmq redis
    smtp ssh vault'

# The long options of a command; "check" is the ad hoc check, "plugin" check_tcp_connection.
_tcpcheck_options() {
    case $1 in
        check) echo "$_tcpcheck_runs $_tcpcheck_common" ;;
        run) echo "$_tcpcheck_runs --targets --expand-cidr --skip-bad-lines --only --label
            $_tcpcheck_common" ;;
        wait) echo "$_tcpcheck_waits --for --rate --host-rate --host-in-flight --allow-many-ports --quiet
            $_tcpcheck_common" ;;
        lint) echo "--quiet $_tcpcheck_common" ;;
        schema | explain) echo "$_tcpcheck_common" ;;
        plugin) echo "$_tcpcheck_connects --hostname --refuse --stdin --verbose $_tcpcheck_common" ;;
    esac
}

_tcpcheck_words() {
    mapfile -t COMPREPLY < <(compgen -W "$1" -- "$value")
}

_tcpcheck_files() {
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$value")
}

# With an argument, a colon follows each host.
_tcpcheck_hosts() {
    if [[ -n ${1-} ]]; then
        compopt -o nospace 2>/dev/null
    fi
    if declare -F _known_hosts_real >/dev/null; then
        _known_hosts_real ${1:+-c} -- "$value"
    else
        mapfile -t COMPREPLY < <(compgen -A hostname -S "${1-}" -- "$value")
    fi
}

# The argument is what stands before the port already.
_tcpcheck_ports() {
    mapfile -t COMPREPLY < <(
        compgen -A service -W "$_tcpcheck_services" -P "$1" -- "${value#"$1"}" | sort -u)
}

# HOST, or HOST:PORT once there is a colon. With an argument, a colon follows each host.
_tcpcheck_targets() {
    if [[ $value == *:* ]]; then
        _tcpcheck_ports "${value%:*}:"
    else
        _tcpcheck_hosts "${1-}"
    fi
}

_tcpcheck_addresses() {
    if declare -F _ip_addresses >/dev/null; then
        local cur=$value
        _ip_addresses -a 2>/dev/null
    fi
}

_tcpcheck_devices() {
    local devices=(/sys/class/net/*)
    mapfile -t COMPREPLY < <(compgen -W "${devices[*]##*/}" -- "$value")
}

# Completes the value of an option. False: the option takes none.
_tcpcheck_value() {
    case $1 in
        -H | --host | --hostname) _tcpcheck_hosts ;;
        -p | --port) _tcpcheck_ports '' ;;
        -f | --format) _tcpcheck_words 'text json jsonl csv junit tap prometheus nagios' ;;
        --audit)
            _tcpcheck_files
            mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -W 'syslog journal' -- "$value")
            ;;
        -o | --output | --targets) _tcpcheck_files ;;
        -r | --refuse) _tcpcheck_words 'ok warn crit' ;;
        --source-address) _tcpcheck_addresses ;;
        --interface) _tcpcheck_devices ;;
        --family) _tcpcheck_words 'any ipv4 ipv6' ;;
        --resolver) _tcpcheck_words 'dns system' ;;
        --search) _tcpcheck_words 'true false' ;;
        --addresses) _tcpcheck_words 'any all race' ;;
        --handshake) _tcpcheck_words 'full half_open' ;;
        --close) _tcpcheck_words 'graceful reset' ;;
        --expect) _tcpcheck_words 'open refused dropped filtered closed' ;;
        --color | --progress) _tcpcheck_words 'auto always never' ;;
        --rate | --host-rate | --host-in-flight | --allow-many-ports) _tcpcheck_words unlimited ;;
        --threads) _tcpcheck_words auto ;;
        -c | -t | -w | --attempts | --concurrency | --critical | --for | --label | --max-time) ;;
        --hold | --only | --require | --resolve | --retry-delay | --source-port | --timeout | --warning) ;;
        *) return 1 ;;
    esac
}

# Sets words and cword: the words up to the cursor, each as the program will see it.
_tcpcheck_join_words() {
    local line=${COMP_LINE:0:COMP_POINT} rest word i
    words=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        rest=${line#"${line%%[![:space:]]*}"}
        word=${COMP_WORDS[i]}
        if ((i == COMP_CWORD)); then
            word=$rest
        fi
        if ((i > 0)) && [[ $rest == "$line" ]]; then
            words[${#words[@]} - 1]+=$word
        else
            words+=("$word")
        fi
        line=${rest#"$word"}
    done
    cword=$((${#words[@]} - 1))
}

# Reads the words before the current one: sets arguments (what is not an option), pending (the
# option whose value comes next) and separator (the place of --).
_tcpcheck_read_words() {
    local i
    arguments=() pending='' separator=''
    for ((i = first; i < cword && ${#separator} == 0; i++)); do
        if [[ -n $pending ]]; then
            pending=
            continue
        fi
        case ${words[i]} in
            --) separator=$i ;;
            --*=*) ;;
            -?*) _tcpcheck_takes_value "${words[i]}" && pending=${words[i]} ;;
            *) arguments+=("${words[i]}") ;;
        esac
    done
}

_tcpcheck_takes_value() {
    case $1 in
        -[Hpforctw]) ;;
        -? | --dry-run | --summary | --expand-cidr | --skip-bad-lines | --ipv4 | --ipv6 | --stdin | --quiet | --verbose | --help | --version) false ;;
    esac
}

# Whether a word is a host without a port: db, 10.0.0.5, 2001:db8::1, [2001:db8::1].
_tcpcheck_is_host() {
    [[ $1 != *:* || $1 == \[*\] || ($1 == *:*:* && $1 != \[*) ]]
}

# tcpcheck HOST PORT, tcpcheck HOST:PORT...
_tcpcheck_check_arguments() {
    if ((${#arguments[@]} == 0)); then
        _tcpcheck_targets
        if ((cword == 1)); then
            mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(
                compgen -W "$_tcpcheck_commands" -- "$value")
        fi
    elif ! _tcpcheck_is_host "${arguments[0]}"; then
        _tcpcheck_targets :
    elif ((${#arguments[@]} == 1)); then
        _tcpcheck_ports ''
    fi
}

_tcpcheck_arguments() {
    case $1 in
        check) _tcpcheck_check_arguments ;;
        run | lint) _tcpcheck_files ;;
        wait) _tcpcheck_targets : ;;
        explain) _tcpcheck_words "$_tcpcheck_classes $_tcpcheck_notes" ;;
        plugin) _tcpcheck_words "$(_tcpcheck_options plugin)" ;;
    esac
}

# What follows "--" of tcpcheck wait.
_tcpcheck_command() {
    local i
    for ((i = 1; i < COMP_CWORD; i++)); do
        [[ ${COMP_WORDS[i]} == -- ]] && break
    done
    if declare -F _command_offset >/dev/null; then
        _command_offset $((i + 1))
    elif ((i + 1 == COMP_CWORD)); then
        mapfile -t COMPREPLY < <(compgen -c -- "$value")
    else
        _tcpcheck_files
    fi
}

# Gives the answers the start that the word has (--format=), then takes off what is before the
# last character at which bash splits words.
_tcpcheck_fit_answers() {
    local breaks='' done_already=''
    [[ $COMP_WORDBREAKS == *:* ]] && breaks+=:
    [[ $COMP_WORDBREAKS == *=* ]] && breaks+='='
    if [[ -n $breaks ]]; then
        done_already=${current%"${current##*["$breaks"]}"}
    fi
    COMPREPLY=("${COMPREPLY[@]/#/"${current%"$value"}"}")
    COMPREPLY=("${COMPREPLY[@]#"$done_already"}")
}

_tcpcheck_command_name() {
    if [[ ${words[0]##*/} == check_tcp_connection ]]; then
        echo plugin
    elif ((cword > 1)) && [[ " $_tcpcheck_commands " == *" ${words[1]} "* ]]; then
        echo "${words[1]}"
    else
        echo check
    fi
}

_tcpcheck() {
    local words cword current value command first=1 arguments pending separator
    _tcpcheck_join_words
    COMPREPLY=()
    current=${words[cword]} value=${words[cword]}
    command=$(_tcpcheck_command_name)
    [[ $command == @(check|plugin) ]] || first=2
    _tcpcheck_read_words

    if [[ -n $separator ]]; then
        [[ $command != wait ]] || _tcpcheck_command
        return
    elif [[ -n $pending ]]; then
        _tcpcheck_value "$pending"
    elif [[ $current == --*=* ]]; then
        value=${current#*=}
        _tcpcheck_value "${current%%=*}"
    elif [[ $current == -* ]]; then
        _tcpcheck_words "$(_tcpcheck_options "$command")"
    else
        _tcpcheck_arguments "$command"
    fi
    _tcpcheck_fit_answers
}

complete -F _tcpcheck tcpcheck check_tcp_connection
