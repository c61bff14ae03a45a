"""The five examples, unchanged, against real servers: nginx, PostgreSQL, sshd and redis."""

import os

import pytest

from support.namespace import Namespace
from support.peers import wait_until
from support.program import Programs
from support.services import Services, banner

RESOLVE = [argument for name in ("example.com", "db-server.example.com", "api.service.com")
           for argument in ("--resolve", f"{name}:127.0.0.1")]
NAMES = ["check_web_server", "check_database", "check_flaky_service", "check_from_fixed_port",
         "check_local_redis"]
TARGETS = [("example.com", 80), ("db-server.example.com", 5432), ("api.service.com", 443),
           ("192.168.1.100", 22), ("localhost", 6379)]


@pytest.fixture(scope="module")
def town():
    """A namespace where 192.168.1.100 is an address and all the services run."""
    namespace = Namespace()
    namespace.sh("ip address add 192.168.1.100/32 dev lo")
    try:
        services = Services(namespace)
    except BaseException:
        namespace.close()
        raise
    yield namespace, services
    services.close()
    namespace.close()


@pytest.fixture
def run_here(build, town):
    return Programs(build, town[0]).run


@pytest.fixture(scope="module")
def examples(root):
    return os.path.join(root, "examples", "services.yaml")


def test_the_five_examples_are_open(run_here, examples):
    completed = run_here("run", examples, *RESOLVE, "--format", "json").expect(0)
    results = completed.results
    assert [result["name"] for result in results] == NAMES
    assert [(result["host"], result["port"]) for result in results] == TARGETS
    assert all(result["connected"] and result["attempts"] == 1 for result in results)
    assert results[3]["details"]["source"] == "192.168.1.100:54321"
    assert results[4]["details"]["address"] in ("127.0.0.1", "::1")


def test_the_five_examples_are_open_again_at_once(run_here, examples):
    """No trace of the first run is in the way, not even of the fixed source port."""
    for _ in range(3):
        run_here("run", examples, *RESOLVE).expect(0)


def test_the_five_examples_are_shown_to_people(run_here, examples):
    completed = run_here("run", examples, *RESOLVE).expect(0)
    lines = completed.out.splitlines()
    assert sorted(name for line in lines[:5] for name in NAMES if name in line) == sorted(NAMES)
    assert "5" in lines[-1]


@pytest.mark.parametrize("number", range(5))
def test_each_example_is_open_from_the_plugin(town, build, number):
    plugin = Programs(build, town[0]).plugin
    host, port = TARGETS[number]
    if host.endswith(".com"):
        host = "127.0.0.1"
    options = ["--source-port", "54321"] if number == 3 else []
    completed = plugin("-H", host, "-p", port, *options).expect(0)
    assert completed.out.startswith("TCP OK")


def test_the_servers_are_the_real_ones_and_stay_healthy(run_here, town, examples):
    namespace, services = town
    run_here("run", examples, *RESOLVE).expect(0)
    assert banner(namespace, "192.168.1.100", 22).startswith(b"SSH-2.0-")
    assert all(service.process.is_running() for service in services.all.values())
    assert "PANIC" not in services["postgresql"].log()


def test_the_secure_shell_sees_an_end_and_no_reset(run_here, town):
    """sshd greets, and says in its log how each connection ended."""
    sshd = town[1]["sshd"]
    told = sshd.log().count("Connection closed by")
    for _ in range(5):
        run_here("192.168.1.100:22").expect(0)
    wait_until(lambda: sshd.log().count("Connection closed by") >= told + 5, "sshd told of five ends")
    assert "reset by" not in sshd.log()


def test_a_service_that_is_down_is_refused_and_the_others_are_not(run_here, town, examples):
    _, services = town
    services["redis"].stop()
    completed = run_here("run", examples, *RESOLVE, "--format", "json").expect(1)
    by_name = {result["name"]: result for result in completed.results}
    assert by_name["check_local_redis"]["error"] == "Connection refused"
    assert by_name["check_local_redis"]["details"]["class"] == "refused"
    assert all(by_name[name]["status"] == "success" for name in NAMES[:4])
    services["redis"].start()
    services["redis"].wait()
    run_here("run", examples, *RESOLVE, "--only", "check_local_redis").expect(0)


def test_the_same_file_tells_each_cause_apart_where_nothing_runs(fresh, examples):
    """No server, no name server, no such address: five checks, each with its own cause."""
    fresh.peers.silent("127.0.0.1", 80)
    completed = fresh.run("run", examples, "--resolve", "example.com:127.0.0.1",
                          "--resolve", "api.service.com:127.0.0.1", "--retry-delay", "10ms",
                          "--timeout", "500ms", "--format", "json").expect(1)
    causes = {result["name"]: (result["details"]["class"], result["attempts"])
              for result in completed.results}
    assert causes == {
        "check_web_server": ("timeout", 1),
        "check_database": ("dns_unreachable", 1),
        "check_flaky_service": ("refused", 3),
        "check_from_fixed_port": ("no_route", 1),
        "check_local_redis": ("refused", 1),
    }


def test_the_quick_start_shows_one_of_each_cause(fresh, root):
    """On the ports that its file names, with the peers that its comments promise."""
    fresh.peers.open(port=18080)
    fresh.peers.silent(port=18082)
    completed = fresh.run("run", f"{root}/examples/quickstart.yaml", "--format", "json").expect(1)
    assert [result["details"]["class"] for result in completed.results] == [
        "open", "refused", "dns_nxdomain", "timeout"]


def test_a_database_that_starts_late_is_waited_for(build, town):
    namespace, services = town
    services["postgresql"].stop()
    running = Programs(build, namespace).start("wait", "localhost:5432", "--retry-delay", "50ms",
                                               "--for", "60s", "--", "echo", "ready")
    services["postgresql"].command = restarted(services["postgresql"])
    services["postgresql"].start()
    services["postgresql"].wait()
    assert running.finish(watchdog=70).expect(0).out == "ready\n"


def restarted(postgresql):
    """The command that starts the server on the data it has already."""
    shell, option, script = postgresql.command()
    return lambda: [shell, option, script.split("&&", 1)[1]]
