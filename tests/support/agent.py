"""Runs inside a private network and mount namespace and acts there for the tests.

Started by namespace.py under unshare(1). It prepares the namespace, says
"ready" on its control socket, and then serves one request a message: open a
socket here and hand it over (it stays in this network wherever it is used), or
start a program here. Processes are started here rather than entered from outside
with nsenter(1): without root that would lose the capabilities that the namespace
gives. The end of the control socket is the end of the agent and of all that it
started.

Arguments: CONTROL_FD SCRATCH
"""

import array
import json
import os
import signal
import socket
import subprocess
import sys
import threading

MESSAGE_MAX = 1 << 20
FDS_MAX = 4
# Source ports that tests name: the kernel gives these to nobody who does not ask.
FIXED_PORTS = "54300-54399"
PRIVATE_FILES = ("resolv.conf", "hosts", "services", "nsswitch.conf")


def main():
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    try:
        prepare(sys.argv[2])
    except (OSError, subprocess.CalledProcessError) as error:
        detail = getattr(error, "stderr", None) or str(error)
        control.send(json.dumps({"error": detail}).encode())
        return 1
    control.send(json.dumps({"pid": os.getpid()}).encode())
    serve(control)
    return 0


def prepare(scratch):
    """Brings up loopback and lays a private /etc and /run over the machine's.

    /etc becomes a folder of links into the real one, so that the few files the
    tests rule can be there whether or not the machine has them, and can be
    replaced. An empty /run hides name service daemons of the host.
    """
    command("ip", "link", "set", "lo", "up")
    set_knob("ip_unprivileged_port_start", "0")
    set_knob("ip_local_reserved_ports", FIXED_PORTS)
    real, private = os.path.join(scratch, "real-etc"), os.path.join(scratch, "etc")
    os.mkdir(real)
    command("mount", "--rbind", "/etc", real)
    for entry in os.listdir(real):
        if entry not in PRIVATE_FILES:
            link_to(os.path.join(real, entry), os.path.join(private, entry))
    command("mount", "--bind", private, "/etc")
    command("mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", "/run")
    os.mkdir("/run/sshd", 0o755)


def set_knob(name, value):
    with open(f"/proc/sys/net/ipv4/{name}", "w", encoding="ascii") as knob:
        knob.write(value)


def link_to(target, link):
    """A link to `target`; a link that is relative already is copied as it is."""
    if os.path.islink(target) and not os.path.isabs(os.readlink(target)):
        target = os.readlink(target)
    os.symlink(target, link)


def command(*argv):
    subprocess.run(argv, check=True, capture_output=True, text=True)


def serve(control):
    children = set()
    while True:
        request, fds = receive(control)
        if request is None:
            break
        try:
            answer, passed = act(request, fds, children)
        except OSError as error:
            answer, passed = {"error": str(error), "errno": error.errno}, []
        send(control, answer, [item.fileno() for item in passed])
        for item in passed:
            item.close()
        for fd in fds:
            os.close(fd)
    for child in list(children):
        end_group(child)


def act(request, fds, children):
    """(answer, sockets to hand over)"""
    if request["do"] == "socket":
        return {}, [socket.socket(request["family"], request["type"])]
    child = start(request, fds)
    children.add(child)
    status_fd = os.dup(fds[3])
    threading.Thread(target=report_end, args=(child, status_fd, children), daemon=True).start()
    return {"pid": child.pid}, []


def start(request, fds):
    return subprocess.Popen(
        request["argv"], stdin=fds[0], stdout=fds[1], stderr=fds[2],
        env=request["env"], cwd=request["cwd"], start_new_session=True)


def report_end(child, status_fd, children):
    """The exit status and the peak of memory in KiB go into the pipe that came with the request."""
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    os.write(status_fd, f"{child.returncode} {usage.ru_maxrss}".encode())
    os.close(status_fd)
    children.discard(child)


def end_group(child):
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def receive(control):
    fds = array.array("i")
    room = socket.CMSG_SPACE(FDS_MAX * fds.itemsize)
    data, ancillary, _, _ = control.recvmsg(MESSAGE_MAX, room, socket.MSG_CMSG_CLOEXEC)
    for level, kind, content in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            fds.frombytes(content[:len(content) - len(content) % fds.itemsize])
    return (json.loads(data) if data else None), list(fds)


def send(control, answer, fds):
    ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
    control.sendmsg([json.dumps(answer).encode()], ancillary)


if __name__ == "__main__":
    sys.exit(main())
