/* The long advice of `tcpcheck explain`, one text for each outcome: what to
 * check, in the order in which it pays, a line each; the last line ends without
 * a line feed. HOST, PORT, ADDRESS and SOURCE stand for those of the check. */
#ifndef CORE_OUTCOME_STEPS_H
#define CORE_OUTCOME_STEPS_H

extern const char steps_open[];
extern const char steps_refused[];
extern const char steps_refused_icmp[];
extern const char steps_timeout[];
extern const char steps_dns_nxdomain[];
extern const char steps_dns_nodata[];
extern const char steps_net_unreachable[];
extern const char steps_no_route[];
extern const char steps_permission[];
extern const char steps_source_port_busy[];
extern const char steps_host_unreachable[];
extern const char steps_filtered[];
extern const char steps_ttl_exceeded[];
extern const char steps_icmp_other[];
extern const char steps_local_firewall[];
extern const char steps_reset_early[];
extern const char steps_closed_early[];
extern const char steps_dns_timeout[];
extern const char steps_dns_servfail[];
extern const char steps_dns_refused[];
extern const char steps_dns_malformed[];
extern const char steps_dns_unreachable[];
extern const char steps_resource[];
extern const char steps_ports_exhausted[];
extern const char steps_source_unavailable[];
extern const char steps_local_config[];
extern const char steps_not_allowed[];
extern const char steps_cancelled[];
extern const char steps_internal[];

#endif
