"""Two hosts and a real wire: a veth pair between two namespaces.

`near` is where the programs run, `far` its only neighbour and its router to everywhere else.
"""

from support.capability import missing
from support.namespace import Namespace

NEAR = {4: "10.9.0.2", 6: "2001:db8:9::2"}
FAR = {4: "10.9.0.1", 6: "2001:db8:9::1"}
# On the wire, and of nobody.
NOBODY = {4: "10.9.0.99", 6: "2001:db8:9::99"}

LINK = """
ip link set wire up
ip address add {ipv4}/24 dev wire
ip address add {ipv6}/64 dev wire nodad
"""
ROUTES = f"""
ip route add default via {FAR[4]}
ip -6 route add default via {FAR[6]}
"""
# A router that may say as many ICMP errors as it likes.
FORWARD = """
echo 1 > /proc/sys/net/ipv4/ip_forward
echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
echo 0 > /proc/sys/net/ipv4/icmp_ratelimit
echo 0 > /proc/sys/net/ipv6/icmp/ratelimit
"""


class Street:
    def __init__(self):
        self.near, self.far = Namespace(), Namespace()
        try:
            self._join()
        except BaseException:
            self.close()
            raise

    def _join(self):
        try:
            self.near.sh(f"ip link add wire type veth peer name wire netns {self.far.pid}")
        except AssertionError as error:
            missing(f"two namespaces cannot be joined: run as root ({error})")
        self.near.sh(LINK.format(ipv4=NEAR[4], ipv6=NEAR[6]))
        self.far.sh(LINK.format(ipv4=FAR[4], ipv6=FAR[6]) + FORWARD)
        self.near.sh(ROUTES)

    def close(self):
        self.near.close()
        self.far.close()
