"""What is connected to: addresses of loopback, ports that are closed, ports that open.

Many ports of some addresses, as the same list for everybody: nmap is at its best with that, and
takes more than twice as long for one port each of as many addresses. All ports are below those that
the kernel takes for connections, so that none connects to itself.
"""

import ipaddress
import os

FIRST_HOST = ipaddress.IPv4Address("127.1.0.0")
CLOSED_PORT = 20_000
OPEN_PORT = 30_000
PORTS = 256


def hosts(count):
    return [str(FIRST_HOST + i) for i in range(count)]


def port_range(first):
    return f"{first}-{first + PORTS - 1}"


def street(host_count, first_port):
    """PORTS ports of each of so many addresses, as HOST:PORT; neighbours are different addresses."""
    return [f"{host}:{port}" for port in range(first_port, first_port + PORTS)
            for host in hosts(host_count)]


def write(scratch, name, lines):
    """A file with a target a line; its path."""
    path = os.path.join(scratch, name)
    with open(path, "w", encoding="ascii") as file:
        file.writelines(f"{line}\n" for line in lines)
    return path
