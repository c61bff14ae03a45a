/* What to check, in order, for each outcome.
 *
 * The order is that of a person on call: first the one look that splits the
 * possible causes in half, then each half. Where two causes cannot be told
 * apart from here, the line says so and names who can tell. Apart from
 * outcome.c only for length: the table there points here. */
#include "core/outcome_steps.h"

const char steps_open[] =
    "Nothing to repair. But a kernel accepts connections for a process that hangs, and a proxy "
    "for a service that is gone: an open port is not yet a working service.\n"
    "Ask the service in its own language: curl -v http://HOST:PORT/, redis-cli -h HOST ping, "
    "pg_isready -h HOST -p PORT, openssl s_client -connect HOST:PORT.\n"
    "If the port should be closed: on the target, ss -ltnp 'sport = :PORT' names the process "
    "that listens; nft list ruleset shows what a firewall redirects there.";

const char steps_refused[] =
    "On the target: ss -ltnp 'sport = :PORT'. No line: nothing listens; systemctl status SERVICE "
    "and journalctl -u SERVICE -e say why.\n"
    "A line with 127.0.0.1 or [::1]: the service listens for its own host only; change its "
    "listen or bind address.\n"
    "A line of the other family: 0.0.0.0 takes no IPv6, and [::] takes no IPv4 where sysctl "
    "net.ipv6.bindv6only is 1; compare with the address that this result names.\n"
    "A line that fits: then the reset comes from something before the service: a reject with tcp "
    "reset in a firewall of the target or on the way (nft list ruleset, iptables-save), or a "
    "load balancer without a living backend.\n"
    "On this host: nft list ruleset. A rule in output that rejects with tcp reset looks exactly "
    "like the target's own answer; only someone with privileges here can tell them apart.\n"
    "Refused only now and then: the service restarts, or drops what it cannot take (sysctl "
    "net.ipv4.tcp_abort_on_overflow); attempts bridges that, its log explains it.\n"
    "Target and source_port on this same host, and the same port: the socket met itself, which "
    "counts as refused because nothing listens there.";

const char steps_refused_icmp[] =
    "Look at icmp.from: that host or router speaks, and a firewall is its usual voice. A Linux "
    "host whose port is merely closed answers with a TCP reset instead.\n"
    "On the host icmp.from names: nft list ruleset, or iptables-save: a rule that says reject "
    "(port-unreachable is what reject means unless it says otherwise). Its counter rises with "
    "every attempt.\n"
    "Is icmp.from the target: add a rule for SOURCE and PORT there. Is it a router: ask whoever "
    "runs it, with SOURCE, ADDRESS and PORT.\n"
    "When the firewall lets the connection pass: check again. What the service itself does "
    "only shows then.";

const char steps_timeout[] =
    "Is the deadline fair? A lost SYN is sent again after a second, so a timeout below 1 s gives "
    "up at the first lost packet; set timeout to 3 s or more, or attempts to 2.\n"
    "Is it the host or the port? tcpcheck HOST OTHERPORT: when any port of the host opens or "
    "refuses, the host lives, and this port alone is dropped or overrun. ping HOST helps less: "
    "many firewalls drop it too.\n"
    "On the target: ss -ltn 'sport = :PORT'. Recv-Q at or above Send-Q is a full accept queue: "
    "the process hangs or cannot keep up; nstat -az TcpExtListenOverflows counts it.\n"
    "On the target: tcpdump -ni any 'tcp port PORT and host SOURCE'. No SYN arrives: a firewall, "
    "a security group or a route before the target swallows it.\n"
    "SYNs arrive and nothing answers: the target's own firewall (nft list ruleset) or its "
    "reverse path filter (sysctl net.ipv4.conf.all.rp_filter, nstat -az "
    "TcpExtIPReversePathFilter).\n"
    "Answers leave and do not arrive here: the way back. ip route get SOURCE on the target, and "
    "any stateful firewall that sees only one direction.\n"
    "On this host: ip route get ADDRESS shows interface and gateway; nft list ruleset shows "
    "whether a rule in output drops. Such a drop looks exactly like silence; only someone "
    "with privileges here can tell them apart.\n"
    "Where does it end? traceroute -T -p PORT HOST: the hop after the last that answers.";

const char steps_dns_nxdomain[] =
    "Spelling first: dig +search HOST. status: NXDOMAIN is what we saw; the SERVER line says who "
    "said it.\n"
    "Is it a short name? /etc/resolv.conf: search lists the domains that are tried after it, "
    "ndots how many dots make a name complete. search: false and a trailing dot both turn "
    "that off.\n"
    "Does another name server know it (dig HOST @SERVER)? Then this host asks the wrong one: "
    "internal names need the internal name server.\n"
    "Does getent hosts HOST find it? Then it comes from a source that /etc/nsswitch.conf names "
    "beyond files and dns: use resolver: system (--resolver system).\n"
    "Is the name new? That it does not exist is remembered too, for as long as the zone's SOA "
    "says: dig HOST @SERVER with one of the zone's own servers (dig ZONE NS) shows the truth.";

const char steps_dns_nodata[] =
    "The name exists: dig HOST A; dig HOST AAAA. An empty answer with status NOERROR is what "
    "we saw.\n"
    "Is family set? With ipv6 only AAAA counts, with ipv4 only A: tcpcheck --family any HOST "
    "PORT.\n"
    "Only MX, TXT or SRV records there? Then the address belongs to another name: dig HOST MX, "
    "dig _SERVICE._tcp.HOST SRV.\n"
    "A CNAME in the answer: follow it; its target has no address (a deleted load balancer is "
    "the classic).";

const char steps_net_unreachable[] =
    "Look at icmp.from: that router knows no way to the target's network. This host and the "
    "way up to there are in order.\n"
    "traceroute -T -p PORT HOST ends at the same router: send its owner both.\n"
    "On that router: ip route get ADDRESS; a withdrawn BGP or OSPF route, a link that is down, a "
    "VPN tunnel that is not up.\n"
    "Is ADDRESS right? A private address (10/8, 172.16/12, 192.168/16) of another network, or "
    "one that DNS should no longer give out, ends like this.";

const char steps_no_route[] =
    "No packet left this host: what follows says nothing of the target.\n"
    "ip route get ADDRESS (ip -6 route get for IPv6) says the same as we do: unreachable.\n"
    "ip route show default, ip -6 route show default: no line, no way out. Is the interface up "
    "(ip -br link), has DHCP or router advertisement given an address (ip -br address)?\n"
    "Only IPv6 is missing: this host has none. family: ipv4 says that you know.\n"
    "A VPN, a container or a network namespace: routes are per namespace; ip netns identify $$ "
    "and ip rule show which ones apply.\n"
    "Broadcast and multicast addresses end here as well: TCP has no use for them.";

const char steps_permission[] =
    "No packet left this host: what follows says nothing of the target. phase says which step "
    "was refused.\n"
    "phase bind: a source_port below sysctl net.ipv4.ip_unprivileged_port_start (1024) takes "
    "CAP_NET_BIND_SERVICE: choose a higher one, or setcap cap_net_bind_service+ep on the "
    "program.\n"
    "phase bind with an interface: something binds every socket of this program to a device "
    "already (ip vrf exec does), and to choose another takes CAP_NET_RAW.\n"
    "phase socket: a sandbox. systemctl show UNIT -p RestrictAddressFamilies, a container's "
    "seccomp profile.\n"
    "phase connect: IPAddressDeny= of the systemd unit, a BPF program of the control group "
    "(bpftool cgroup tree), SELinux or AppArmor (ausearch -m avc -ts recent, journalctl -k "
    "--grep apparmor).\n"
    "The same check as root: if it works there, the permission is the cause and nothing else.";

const char steps_source_port_busy[] =
    "No packet left this host: the source_port of the check is taken.\n"
    "Who has it: ss -tanp 'sport = :SOURCEPORT'. A process in LISTEN or ESTAB: choose another "
    "source_port, or stop it.\n"
    "TIME-WAIT: an earlier connection between the same two ends. It goes within 60 s; close: "
    "reset (the default with source_port) leaves none behind, attempts with retry_delay waits "
    "for it.\n"
    "Another program got it by chance: keep it out of the kernel's choice with sysctl "
    "net.ipv4.ip_local_reserved_ports=SOURCEPORT.\n"
    "Another tcpcheck with the same source_port and target, in another process: give each its "
    "own.";

const char steps_host_unreachable[] =
    "Look at icmp.from. An address of this host: the target should be on the same link, and "
    "nothing answered for its address. ip neigh show ADDRESS: FAILED or INCOMPLETE.\n"
    "Then the target is down, has another address, is in another VLAN, or the prefix length "
    "here is wrong: ip route get ADDRESS should name a gateway, and names none.\n"
    "icmp.from is a router: the same, seen from there; it is the last one before the target. Is "
    "the machine on (console, hypervisor), is its link up?\n"
    "It comes and goes: two machines with one address. arping -D -I DEVICE ADDRESS shows more "
    "than one answer.";

const char steps_filtered[] =
    "Look at icmp.from: the firewall or router there says, in as many words, that a rule forbids "
    "this. It is no fault of the network, and no permission missing on this host.\n"
    "Is icmp.from the target: nft list ruleset or iptables-save there; the rule says reject, with "
    "admin-prohibited, host-prohibited or net-prohibited.\n"
    "Is it a router: ask its owner to permit SOURCE to ADDRESS port PORT. An access list of a "
    "router says code 13; firewalld says host-prohibited.\n"
    "Does the check come from the right place? Another source_address may be permitted: compare "
    "with ip route get ADDRESS.";

const char steps_ttl_exceeded[] =
    "Packets go round in circles until their life runs out; icmp.from is one of the routers in "
    "the circle.\n"
    "traceroute -T -p PORT HOST shows two or more routers that alternate: their routes for "
    "ADDRESS point at each other.\n"
    "On those routers: ip route get ADDRESS. A default route that points back at whoever uses it "
    "for a network that is down is the classic; a blackhole route for the whole of one's own "
    "prefix cures it.\n"
    "It passes by itself within seconds or minutes: routing was converging. attempts bridges "
    "that.\n"
    "Does nothing alternate? sysctl net.ipv4.ip_default_ttl on this host should be 64.";

const char steps_icmp_other[] =
    "Look at icmp: type, code and from. Some device on the way, or the target, could not make "
    "sense of the packet.\n"
    "ICMP 3/2 (protocol unreachable): the target speaks no TCP: an appliance, or an address of "
    "something else.\n"
    "ICMP 12/0, ICMPv6 4/x (parameter problem): a device rejects a header or an option. tcpdump "
    "-vni any 'host ADDRESS' shows the packet as it leaves; compare with another path.\n"
    "ICMPv6 1/7, ICMP 3/5: source routing, which nothing here asks for: a tunnel or a segment "
    "routing domain on the way.";

const char steps_local_firewall[] =
    "An ICMP error came from this host's own address: a rule here rejects the connection before "
    "it leaves. It says nothing of the target.\n"
    "nft list ruleset, iptables-save, ip6tables-save: a reject in output (or in postrouting) "
    "that matches ADDRESS and PORT; its counter rises with every attempt.\n"
    "In a container or a network namespace: its own rules count, and those of the host in "
    "forward.\n"
    "Rules that match the user (meta skuid, -m owner): run the check as the user who should be "
    "allowed.";

const char steps_reset_early[] =
    "Read the service's log: too many connections, an address that it does not serve (hosts.allow, "
    "pg_hba.conf, AllowUsers, bind-interface), a crash.\n"
    "Before the service: a proxy or load balancer that accepts first and asks its backend later. "
    "Its log names the backend that failed.\n"
    "On the target: ss -ltnp 'sport = :PORT' says who accepts; nstat -az TcpExtTCPAbortOnClose "
    "TcpExtTCPAbortOnData counts resets by processes that close in a hurry.";

const char steps_closed_early[] =
    "Read the service's log: limits for connections of one address, an access list, a time limit "
    "before the first request.\n"
    "Before the service: a proxy whose backend is gone often accepts and closes.\n"
    "Is the service one that always closes first (daytime, a one-shot socket unit)? Then check "
    "it without hold.";

const char steps_dns_timeout[] =
    "No name server of /etc/resolv.conf gave an answer in time; whether the name exists is "
    "unknown.\n"
    "dig HOST @SERVER for each nameserver line: the same silence? dig +tcp HOST @SERVER as well: "
    "where only TCP works, a firewall drops UDP port 53.\n"
    "Does something come that answers no question (\"strays\":true)? tcpdump -ni any -vv 'port 53' "
    "shows "
    "it: a forger, a middlebox, or an answer that came too late.\n"
    "ip route get SERVER and nft list ruleset: can this host reach it at all?\n"
    "Only this name is slow: its own servers are far or down, and the resolver waits for them: "
    "dig +trace HOST.\n"
    "A timeout shorter than the resolver's patience (5 s is common) ends while it still tries: "
    "set timeout to 10 s.";

const char steps_dns_servfail[] =
    "A name server of /etc/resolv.conf answered that it failed, and the others, if any, gave no "
    "answer either; whether the name exists is unknown.\n"
    "dig HOST @SERVER shows status: SERVFAIL. With +cd it works: DNSSEC validation fails; delv "
    "HOST says which signature.\n"
    "dig +trace HOST: are the zone's own servers reachable, do they know the zone (lame "
    "delegation), is its SOA expired on the secondaries?\n"
    "Every name fails, not only this one: the resolver itself cannot get out; look at its log.";

const char steps_dns_refused[] =
    "The name server is there and will not answer this question: REFUSED, NOTIMP, or NOERROR with "
    "nothing but a referral.\n"
    "dig HOST @SERVER: does it answer for names of its own zones only? Then it is no resolver: "
    "put one that is into /etc/resolv.conf.\n"
    "Its access list: allow-query and allow-recursion (BIND), access-control (Unbound) must "
    "contain SOURCE, the address this host asks from: ip route get SERVER shows it.";

const char steps_dns_malformed[] =
    "An answer came that does not parse or leads nowhere (aliases in a circle, addresses of "
    "another "
    "name), or the name server says that it could not parse the question (FORMERR).\n"
    "dig HOST @SERVER; dig +noedns HOST @SERVER. Only the second works: an old server or a "
    "middlebox cannot take EDNS.\n"
    "tcpdump -ni any -vv 'port 53' shows the bytes. A home router or a captive portal that "
    "rewrites answers is the usual author.\n"
    "dig +tcp HOST @SERVER works: the damage happens to UDP on the way.";

const char steps_dns_unreachable[] =
    "No name server of /etc/resolv.conf could be reached: closed port, no route, or a truncated "
    "answer over UDP and nobody at TCP port 53.\n"
    "A row or \"truncated\":true says that the answer was truncated? Then dig +tcp HOST @SERVER: "
    "it must "
    "be let through to TCP port 53 (nft list ruleset), and the server must listen there.\n"
    "cat /etc/resolv.conf: are these servers meant? Without a nameserver line it is 127.0.0.1, as "
    "for "
    "the C library. 127.0.0.53 is systemd-resolved (systemctl "
    "status systemd-resolved), another 127.x a local resolver: ss -lunp 'sport = :53'.\n"
    "ip route get SERVER for each; no default route is the usual reason.";

const char steps_resource[] =
    "This host ran out of something with no connection of ours open that could be waited for; "
    "nothing was learned of the target. errno says of what.\n"
    "EMFILE: ulimit -n (LimitNOFILE= of a systemd unit). ENFILE: cat /proc/sys/fs/file-nr "
    "against sysctl fs.file-max.\n"
    "ENOBUFS, ENOMEM: free -m, cat /proc/net/sockstat against sysctl net.ipv4.tcp_mem, a memory "
    "limit of the control group (systemd-cgtop, memory.events), journalctl -k.\n"
    "Full tables show in journalctl -k: 'nf_conntrack: table full', 'neighbour table overflow' "
    "(sysctl net.ipv4.neigh.default.gc_thresh3).\n"
    "Meanwhile: a lower --concurrency and --rate.";

const char steps_ports_exhausted[] =
    "Every port of the local range is taken towards this target; nothing was learned of it.\n"
    "ss -s: how many connections, how many in timewait? ss -tan 'dport = :PORT' | wc -l counts "
    "those to this port.\n"
    "sysctl net.ipv4.ip_local_port_range: widen it (1024 65535 gives twice the usual), and look "
    "at net.ipv4.ip_local_reserved_ports.\n"
    "Ours in TIME-WAIT: close: reset leaves none. Another program's: have it keep connections "
    "open, or set sysctl net.ipv4.tcp_tw_reuse=1.\n"
    "Still short: a second source_address brings a second range; a lower --rate needs fewer.";

const char steps_source_unavailable[] =
    "ip -br link: is the interface listed, and spelled like this?\n"
    "ip -br address: is source_address listed, on an interface that is UP? An address of IPv6 "
    "still 'tentative' or 'dadfailed' cannot be used.\n"
    "A floating address (VRRP, keepalived, a cluster): the other node has it now. sysctl "
    "net.ipv4.ip_nonlocal_bind is seldom the right answer.\n"
    "127.0.0.1 or ::1 as a source reaches only this host, fe80:: only its own link: leave "
    "source_address out and let ip route get ADDRESS choose.\n"
    "In a container: its addresses and devices count, not the host's.";

const char steps_local_config[] =
    "No packet left this host: its routing refuses the target on purpose, or the address is "
    "incomplete.\n"
    "ip route get ADDRESS: 'Invalid argument' is a blackhole route, 'Permission denied' a "
    "prohibit route, 'No route to host' an unreachable route.\n"
    "Where it stands: ip route show table all | grep -E 'blackhole|prohibit|unreachable', "
    "and ip rule for rules that say so themselves.\n"
    "Who set it: a VPN's kill switch, fail2ban, Docker or Kubernetes, a routing daemon that "
    "announces an aggregate (bird, frr).\n"
    "An address that starts with fe80: needs its zone, the interface: HOST%eth0.";

const char steps_not_allowed[] =
    "No packet left this host: the rules of this run forbid the target. It says nothing of it.\n"
    "The message names the rule or the limit; policy and limits of the check file hold it, or, "
    "after 'system:', /etc/tcpcheck/policy.yaml: tcpcheck run --dry-run shows them without "
    "connecting.\n"
    "A name is judged by the addresses that it has: dig HOST shows which one a rule meets.\n"
    "allow_many_ports: checks of more ports of one address than a few look like a scan: raise it "
    "for a host that is yours (--allow-many-ports 100).\n"
    "Is the rule meant? Then take the check out. Else change the rule, not the check.";

const char steps_cancelled[] =
    "The run ended before this check did: Ctrl-C, a signal, or --max-time. What is shown is what "
    "was known by then.\n"
    "--max-time: the sum of attempts x (timeout + retry_delay) of the slowest check has to fit; "
    "raise it, or lower those.\n"
    "A signal from a service manager or a CI system: its own time limit (TimeoutStartSec=, the "
    "job's timeout).\n"
    "Many checks and little time: a higher --concurrency, or no --rate.";

const char steps_internal[] =
    "The kernel gave an error that this program does not know in this place, or memory was "
    "short: errno and phase say which and where. It is no finding about the target.\n"
    "strace -f -e trace=network tcpcheck HOST PORT shows the call that failed.\n"
    "journalctl -k: did the kernel say more? Sandboxes (gVisor, seccomp) give errors that Linux "
    "does not.\n"
    "Please report it, with errno, phase, uname -r and tcpcheck --version.";
