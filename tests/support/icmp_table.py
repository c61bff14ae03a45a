"""What the kernel makes of each ICMP error that meets a SYN, and what we call it.

One row an error: how it is sent, the errno of the attempt, and our class. Rows
without an errno are ignored by the kernel: the handshake goes on.
"""

import errno
from typing import NamedTuple


class Row(NamedTuple):
    version: int
    type: int
    code: int
    errno: str  # its name, as errno(3) has it; None: ignored
    outcome: str

    @property
    def number(self):
        return getattr(errno, self.errno)

    @property
    def router(self):
        return "10.255.0.1" if self.version == 4 else "2001:db8:ffff::1"

    @property
    def host(self):
        """An address that no other row has."""
        return f"10.4.{self.type}.{self.code}" if self.version == 4 else f"2001:db8:6::{self.type}:{self.code}"

    @property
    def target(self):
        return f"{self.host}:80" if self.version == 4 else f"[{self.host}]:80"

    @property
    def rule(self):
        """Of an ignored one, what makes the handshake go on: a SYN-ACK behind it."""
        followed = "synack=20ms" if self.errno is None else ""
        return f"{self.host} icmp type={self.type} code={self.code} from={self.router} {followed}"

    def __str__(self):
        return f"ipv{self.version}-{self.type}-{self.code}"


ROWS = [
    Row(4, 3, 0, "ENETUNREACH", "net_unreachable"),
    Row(4, 3, 1, "EHOSTUNREACH", "host_unreachable"),
    Row(4, 3, 2, "ENOPROTOOPT", "icmp_other"),
    Row(4, 3, 3, "ECONNREFUSED", "refused_icmp"),
    Row(4, 3, 5, "EOPNOTSUPP", "icmp_other"),
    Row(4, 3, 6, "ENETUNREACH", "net_unreachable"),
    Row(4, 3, 7, "EHOSTDOWN", "host_unreachable"),
    Row(4, 3, 8, "ENONET", "host_unreachable"),
    Row(4, 3, 9, "ENETUNREACH", "filtered"),
    Row(4, 3, 10, "EHOSTUNREACH", "filtered"),
    Row(4, 3, 11, "ENETUNREACH", "net_unreachable"),
    Row(4, 3, 12, "EHOSTUNREACH", "host_unreachable"),
    Row(4, 3, 13, "EHOSTUNREACH", "filtered"),
    Row(4, 3, 14, "EHOSTUNREACH", "filtered"),
    Row(4, 3, 15, "EHOSTUNREACH", "filtered"),
    Row(4, 11, 0, "EHOSTUNREACH", "ttl_exceeded"),
    Row(4, 12, 0, "EPROTO", "icmp_other"),
    Row(4, 3, 4, None, "open"),
    Row(4, 4, 0, None, "open"),
    Row(4, 5, 1, None, "open"),
    Row(4, 11, 1, None, "open"),
    Row(6, 1, 0, "ENETUNREACH", "net_unreachable"),
    Row(6, 1, 1, "EACCES", "filtered"),
    Row(6, 1, 2, "EHOSTUNREACH", "host_unreachable"),
    Row(6, 1, 3, "EHOSTUNREACH", "host_unreachable"),
    Row(6, 1, 4, "ECONNREFUSED", "refused_icmp"),
    Row(6, 1, 5, "EACCES", "filtered"),
    Row(6, 1, 6, "EACCES", "filtered"),
    Row(6, 1, 7, "EPROTO", "icmp_other"),
    Row(6, 3, 0, "EHOSTUNREACH", "ttl_exceeded"),
    Row(6, 3, 1, "EHOSTUNREACH", "icmp_other"),
    Row(6, 4, 0, "EPROTO", "icmp_other"),
    Row(6, 4, 1, "EPROTO", "icmp_other"),
    Row(6, 4, 2, "EPROTO", "icmp_other"),
    Row(6, 2, 0, None, "open"),
]
FATAL = [row for row in ROWS if row.errno is not None]
IGNORED = [row for row in ROWS if row.errno is None]
RULES = "\n".join(row.rule for row in ROWS)
