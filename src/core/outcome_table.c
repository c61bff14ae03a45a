/* The one table of outcomes: what each is called, what it means, whose fault
 * it is and whether trying again can help. Everything that names an outcome,
 * from the JSON writer to `tcpcheck explain`, has it from here.
 *
 * The words are chosen for what was seen and nothing more. Where an
 * unprivileged program cannot tell two causes apart (a local rule that drops
 * looks like silence, a local reject with tcp reset looks like the target's
 * own) the hint says so; to guess was rejected: a wrong cause costs hours. */
#include "core/outcome_table.h"

#include "core/outcome_steps.h"

const struct outcome_info outcome_table[] = {
    [TCPCHECK_OPEN] =
        {
            .name = "open",
            .message = "",
            .meaning = "The handshake finished: the target accepts connections on this port.",
            .hint = "",
            .steps = steps_open,
            .verdict = TCPCHECK_UP,
            .blame = BLAME_NOBODY,
            .is_retried = true, /* met only where something else was expected */
        },
    [TCPCHECK_REFUSED] =
        {
            .name = "refused",
            .message = "Connection refused",
            .meaning = "The target answered with a reset: it can be reached, and does not accept "
                       "connections on this port.",
            .hint = "No service is listening on the target port. On the target, ss -ltnp shows "
                    "whether it runs and on which address; a firewall that rejects with a TCP "
                    "reset, there or on this host, looks the same.",
            .steps = steps_refused,
            .verdict = TCPCHECK_DOWN,
            .blame = BLAME_SERVICE,
            .is_retried = true,
            .is_published = true,
        },
    [TCPCHECK_REFUSED_ICMP] =
        {
            .name = "refused_icmp",
            .message = "Connection refused",
            .meaning = "An ICMP message says that the port is unreachable: a firewall rejects the "
                       "connection, since a closed port answers with a TCP reset.",
            .hint = "Look for a reject rule in the firewall of the host that icmp.from names "
                    "(nft list ruleset); whether the service runs behind it is not known.",
            .steps = steps_refused_icmp,
            .verdict = TCPCHECK_DOWN,
            .blame = BLAME_FIREWALL,
            .is_retried = true,
            .is_published = true,
        },
    [TCPCHECK_TIMEOUT] =
        {
            .name = "timeout",
            .message = "Connection timeout",
            .meaning = "Nothing came back before the deadline, neither an acceptance nor a "
                       "refusal nor a word from a router.",
            .hint = "Silence is a firewall that drops, a host that is down, a lost way back, or a "
                    "service with a full accept queue: try another port of the host to tell host "
                    "from port. A firewall on this host that drops looks the same.",
            .steps = steps_timeout,
            .verdict = TCPCHECK_DOWN,
            .blame = BLAME_NETWORK,
            .is_retried = true,
            .is_published = true,
        },
    [TCPCHECK_DNS_NXDOMAIN] =
        {
            .name = "dns_nxdomain",
            .message = "Host not found",
            .meaning = "This name does not exist: a name server says so, or the rules for special "
                       "names (RFC 6761).",
            .hint = "Check the spelling and the search list in /etc/resolv.conf (dig +search "
                    "HOST). Names from other sources of /etc/nsswitch.conf than files and dns "
                    "need --resolver system.",
            .steps = steps_dns_nxdomain,
            .verdict = TCPCHECK_DOWN,
            .blame = BLAME_NAME,
            .is_retried = true,
            .is_published = true,
        },
    [TCPCHECK_DNS_NODATA] =
        {
            .name = "dns_nodata",
            .message = "Host not found",
            .meaning = "The name exists, and has no address; where family is set, none of that "
                       "family.",
            .hint = "dig HOST A and dig HOST AAAA show what it has; if family is set, the other "
                    "family may be the one.",
            .steps = steps_dns_nodata,
            .verdict = TCPCHECK_DOWN,
            .blame = BLAME_NAME,
            .is_retried = true,
            .is_published = true,
        },
    [TCPCHECK_NET_UNREACHABLE] =
        {
            .name = "net_unreachable",
            .message = "Network unreachable",
            .meaning = "A router on the way says that it has no route to the target's network.",
            .hint = "The router that icmp.from names lacks the route: traceroute -T -p PORT HOST "
                    "ends there, and its owner can tell why.",
            .steps = steps_net_unreachable,
            .verdict = TCPCHECK_DOWN,
            .blame = BLAME_NETWORK,
            .is_retried = true,
            .is_published = true,
        },
    [TCPCHECK_NO_ROUTE] =
        {
            .name = "no_route",
            .message = "Network unreachable",
            .meaning = "This host has no route to the target; no packet left.",
            .hint = "ip route get ADDRESS says the same. Look for a missing default route (ip "
                    "route, ip -6 route) or an interface that is down (ip -br link).",
            .steps = steps_no_route,
            .verdict = TCPCHECK_UNKNOWN,
            .blame = BLAME_HERE,
            .is_retried = true,
            .is_published = true,
        },
    [TCPCHECK_PERMISSION] =
        {
            .name = "permission",
            .message = "Permission denied",
            .meaning = "The kernel of this host forbids this program the connection; no packet "
                       "left.",
            .hint = "A source_port below 1024 takes CAP_NET_BIND_SERVICE. Otherwise look for a "
                    "sandbox: systemd's IPAddressDeny=, seccomp, SELinux, AppArmor.",
            .steps = steps_permission,
            .verdict = TCPCHECK_UNKNOWN,
            .blame = BLAME_HERE,
            .is_published = true,
        },
    [TCPCHECK_SOURCE_PORT_BUSY] =
        {
            .name = "source_port_busy",
            .message = "Port in use",
            .meaning = "The source_port of the check is in use on this host; no packet left.",
            .hint = "ss -tanp 'sport = :SOURCEPORT' shows by whom. TIME-WAIT passes within 60 s; "
                    "close: reset leaves none behind.",
            .steps = steps_source_port_busy,
            .verdict = TCPCHECK_UNKNOWN,
            .blame = BLAME_HERE,
            .is_retried = true,
            .is_published = true,
        },
    [TCPCHECK_HOST_UNREACHABLE] =
        {
            .name = "host_unreachable",
            .message = "Host unreachable",
            .meaning = "The last router, or this host itself on a shared link, could not find the "
                       "target: nobody answers for its address.",
            .hint = "The host is down or has another address. If icmp.from is this host, see ip "
                    "neigh show ADDRESS; else ask from the router that icmp.from names.",
            .steps = steps_host_unreachable,
            .verdict = TCPCHECK_DOWN,
            .blame = BLAME_HOST,
            .is_retried = true,
        },
    [TCPCHECK_FILTERED] =
        {
            .name = "filtered",
            .message = "Administratively prohibited",
            .meaning = "A firewall or router says that a rule forbids this connection.",
            .hint = "The device that icmp.from names forbids it: ask its owner to permit this "
                    "source, target and port. No permission is missing on this host.",
            .steps = steps_filtered,
            .verdict = TCPCHECK_DOWN,
            .blame = BLAME_FIREWALL,
            .is_retried = true,
        },
    [TCPCHECK_TTL_EXCEEDED] =
        {
            .name = "ttl_exceeded",
            .message = "Routing loop",
            .meaning = "The packet was passed on until its time to live ran out: routers send it "
                       "round in a circle.",
            .hint = "traceroute -T -p PORT HOST shows the routers that alternate; icmp.from is "
                    "one of them. Their owners have to agree on a route.",
            .steps = steps_ttl_exceeded,
            .verdict = TCPCHECK_DOWN,
            .blame = BLAME_NETWORK,
            .is_retried = true,
        },
    [TCPCHECK_ICMP_OTHER] =
        {
            .name = "icmp_other",
            .message = "Protocol error",
            .meaning = "An ICMP error came back that is none of the usual ones; its type and code "
                       "are shown.",
            .hint = "Look up icmp.type and icmp.code and ask the device that icmp.from names: it "
                    "could not make sense of the packet, or speaks no TCP.",
            .steps = steps_icmp_other,
            .verdict = TCPCHECK_DOWN,
            .blame = BLAME_NETWORK,
            .is_retried = true,
        },
    [TCPCHECK_LOCAL_FIREWALL] =
        {
            .name = "local_firewall",
            .message = "Rejected by this host",
            .meaning = "A firewall on this host rejects the connection before it leaves.",
            .hint = "nft list ruleset (or iptables-save) on this host: a reject in output matches "
                    "this target. It says nothing of the target itself.",
            .steps = steps_local_firewall,
            .verdict = TCPCHECK_UNKNOWN,
            .blame = BLAME_HERE,
        },
    [TCPCHECK_RESET_EARLY] =
        {
            .name = "reset_early",
            .message = "Connection reset",
            .meaning = "The connection opened and was reset by the peer while it was held.",
            .hint = "Read the service's log: it, or a proxy before it, accepts and then throws "
                    "connections out.",
            .steps = steps_reset_early,
            .verdict = TCPCHECK_DOWN,
            .blame = BLAME_SERVICE,
            .is_retried = true,
        },
    [TCPCHECK_CLOSED_EARLY] =
        {
            .name = "closed_early",
            .message = "Connection closed",
            .meaning = "The connection opened and was closed by the peer while it was held.",
            .hint = "Read the service's log for connection limits and access lists; a proxy "
                    "whose backend is gone does this too.",
            .steps = steps_closed_early,
            .verdict = TCPCHECK_DOWN,
            .blame = BLAME_SERVICE,
            .is_retried = true,
        },
    [TCPCHECK_DNS_TIMEOUT] =
        {
            .name = "dns_timeout",
            .message = "DNS failure: no answer",
            .meaning = "No name server answered in time; whether the name exists is not known.",
            .hint = "dig HOST @SERVER for each nameserver of /etc/resolv.conf shows which one is "
                    "silent; a firewall may drop UDP port 53.",
            .steps = steps_dns_timeout,
            .verdict = TCPCHECK_UNKNOWN,
            .blame = BLAME_NAME,
            .is_retried = true,
        },
    [TCPCHECK_DNS_SERVFAIL] =
        {
            .name = "dns_servfail",
            .message = "DNS failure: server failure",
            .meaning = "The name server says that it failed to find out, and no other one knew "
                       "better; whether the name exists is not known.",
            .hint = "dig +cd HOST works where only DNSSEC validation fails; dig +trace HOST shows "
                    "whether the zone's own servers answer.",
            .steps = steps_dns_servfail,
            .verdict = TCPCHECK_UNKNOWN,
            .blame = BLAME_NAME,
            .is_retried = true,
        },
    [TCPCHECK_DNS_REFUSED] =
        {
            .name = "dns_refused",
            .message = "DNS failure: query refused",
            .meaning = "The name server will not answer this host's question, or only refers to "
                       "others.",
            .hint = "Its access list must contain this host, or /etc/resolv.conf names a server "
                    "that is no resolver: dig HOST @SERVER.",
            .steps = steps_dns_refused,
            .verdict = TCPCHECK_UNKNOWN,
            .blame = BLAME_NAME,
            .is_retried = true,
        },
    [TCPCHECK_DNS_MALFORMED] =
        {
            .name = "dns_malformed",
            .message = "DNS failure: malformed answer",
            .meaning = "The name server's answer is damaged or leads nowhere, or it could not "
                       "parse our question.",
            .hint = "Compare dig HOST @SERVER with dig +noedns and dig +tcp: a middlebox that "
                    "meddles with DNS is the usual cause.",
            .steps = steps_dns_malformed,
            .verdict = TCPCHECK_UNKNOWN,
            .blame = BLAME_NAME,
            .is_retried = true,
        },
    [TCPCHECK_DNS_UNREACHABLE] =
        {
            .name = "dns_unreachable",
            .message = "DNS failure: name server unreachable",
            .meaning = "No name server could be reached, or not over TCP, which a long answer "
                       "needs; whether the name exists is not known.",
            .hint = "Check the servers in /etc/resolv.conf: ip route get SERVER, and on a local "
                    "one ss -lunp 'sport = :53'. After a truncated answer, check TCP port 53: "
                    "dig +tcp HOST @SERVER.",
            .steps = steps_dns_unreachable,
            .verdict = TCPCHECK_UNKNOWN,
            .blame = BLAME_NAME,
            .is_retried = true,
        },
    [TCPCHECK_RESOURCE] =
        {
            .name = "resource",
            .message = "Local resources exhausted",
            .meaning = "This host ran out of descriptors or memory; nothing was learned of the "
                       "target.",
            .hint = "errno says of what: EMFILE is ulimit -n, ENFILE sysctl fs.file-max, ENOBUFS "
                    "and ENOMEM memory. A lower --concurrency helps meanwhile.",
            .steps = steps_resource,
            .verdict = TCPCHECK_UNKNOWN,
            .blame = BLAME_HERE,
            .is_retried = true,
        },
    [TCPCHECK_PORTS_EXHAUSTED] =
        {
            .name = "ports_exhausted",
            .message = "Local ports exhausted",
            .meaning = "No local port is left for a connection to this target; no packet left.",
            .hint = "ss -s counts what holds them. Widen sysctl net.ipv4.ip_local_port_range, use "
                    "close: reset, or lower --rate.",
            .steps = steps_ports_exhausted,
            .verdict = TCPCHECK_UNKNOWN,
            .blame = BLAME_HERE,
            .is_retried = true,
        },
    [TCPCHECK_SOURCE_UNAVAILABLE] =
        {
            .name = "source_unavailable",
            .message = "Source address unavailable",
            .meaning = "This host cannot use the source address or device of the check; no packet "
                       "left.",
            .hint = "ip -br address shows the addresses that there are; a loopback or link-local "
                    "source does not reach beyond its own link.",
            .steps = steps_source_unavailable,
            .verdict = TCPCHECK_UNKNOWN,
            .blame = BLAME_HERE,
        },
    [TCPCHECK_LOCAL_CONFIG] =
        {
            .name = "local_config",
            .message = "Local routing refuses",
            .meaning = "This host's routing refuses the target on purpose, or a link-local "
                       "address lacks its zone; no packet left.",
            .hint = "ip route get ADDRESS says the same; ip route show table all shows the "
                    "blackhole, prohibit or unreachable route. fe80: addresses need a zone: "
                    "HOST%eth0.",
            .steps = steps_local_config,
            .verdict = TCPCHECK_UNKNOWN,
            .blame = BLAME_HERE,
        },
    [TCPCHECK_NOT_ALLOWED] =
        {
            .name = "not_allowed",
            .message = "Not allowed by policy",
            .meaning = "The policy or a limit of this run forbids the target; no packet left.",
            .hint =
                "The rule that is named stands in policy or limits of the check file, or, after "
                "'system:', in /etc/tcpcheck/policy.yaml: change it there, or take the check "
                "out. limits.allow_many_ports is 16 where no file says otherwise: "
                "--allow-many-ports.",
            .steps = steps_not_allowed,
            .verdict = TCPCHECK_UNKNOWN,
            .blame = BLAME_HERE,
        },
    [TCPCHECK_CANCELLED] =
        {
            .name = "cancelled",
            .message = "Cancelled",
            .meaning = "The run ended before this check did.",
            .hint = "It was interrupted, or --max-time ran out: run it again, with more time or a "
                    "higher --concurrency.",
            .steps = steps_cancelled,
            .verdict = TCPCHECK_UNKNOWN,
            .blame = BLAME_HERE,
        },
    [TCPCHECK_INTERNAL] =
        {
            .name = "internal",
            .message = "Internal error",
            .meaning = "The kernel gave an error that is not known in this place, or memory was "
                       "short; nothing was learned of the target.",
            .hint = "errno and phase say what and where; strace -f -e trace=network shows the "
                    "call. Please report it.",
            .steps = steps_internal,
            .verdict = TCPCHECK_UNKNOWN,
            .blame = BLAME_HERE,
        },
};

_Static_assert(sizeof(outcome_table) / sizeof(outcome_table[0]) == OUTCOME_COUNT,
               "an outcome has no entry");
