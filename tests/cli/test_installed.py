"""An installed copy: what is there, and that programs build and run against it with pkg-config alone."""

import json
import os
import re
import subprocess

import pytest

from support.capability import tool

WARNINGS = ["-Wall", "-Wextra", "-Werror"]
STATIC_AND_SHARED = pytest.mark.parametrize("is_static", [False, True], ids=["shared", "static"])


def output_of(*argv, env=None, cwd=None):
    done = subprocess.run(argv, capture_output=True, text=True, timeout=300, check=False,
                          env={**os.environ, **(env or {})}, cwd=cwd)
    assert done.returncode == 0, f"{' '.join(argv)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def introspect(build):
    """introspect("buildoptions"): what meson knows of the build."""
    return lambda what: json.loads(output_of(tool("meson", "meson"), "introspect", f"--{what}", build))


@pytest.fixture(scope="module")
def option(introspect):
    values = {item["name"]: item["value"] for item in introspect("buildoptions")}
    return values.__getitem__


@pytest.fixture(scope="module")
def compiler(introspect):
    """The C compiler that the build used."""
    sources = [group for target in introspect("targets") for group in target["target_sources"]]
    return next(group["compiler"] for group in sources if group.get("language") == "c")


@pytest.fixture(scope="module")
def destination(build, namespace):
    """The root of a scratch installation."""
    path = os.path.join(namespace.scratch, "installed")
    output_of(tool("meson", "meson"), "install", "-C", build, "--no-rebuild", "--quiet",
              env={"DESTDIR": path})
    return path


@pytest.fixture(scope="module")
def prefix(destination, option):
    return destination + option("prefix")


def find(folder, name):
    """The one path below folder that ends in name."""
    found = [os.path.join(top, file) for top, _, files in os.walk(folder) for file in files
             if os.path.join(top, file).endswith(name)]
    assert len(found) == 1, f"{name}: {found}"
    return found[0]


@pytest.fixture(scope="module")
def pkg_config(destination, prefix):
    folder = os.path.dirname(find(prefix, "/tcpcheck.pc"))
    env = {"PKG_CONFIG_PATH": folder, "PKG_CONFIG_SYSROOT_DIR": destination}

    def ask(*args):
        return output_of(tool("pkg-config", "pkg-config"), *args, "tcpcheck", env=env).split()

    return ask


@pytest.fixture(scope="module")
def compile_example(root, compiler, option, pkg_config, namespace):
    """compile_example(name, is_static): the path of the program."""
    sanitizers = option("b_sanitize")
    instrument = [] if sanitizers == "none" else [f"-fsanitize={sanitizers}"]

    def make(name, is_static):
        program = os.path.join(namespace.scratch, f"{name}-{'static' if is_static else 'shared'}")
        flags = pkg_config("--cflags", "--libs", *(["--static"] if is_static else []))
        if is_static:
            flags = ["-l:libtcpcheck.a" if flag == "-ltcpcheck" else flag for flag in flags]
        output_of(*compiler, "-std=c17", "-D_POSIX_C_SOURCE=200809L", *WARNINGS, *instrument,
                  f"{root}/examples/{name}.c", "-o", program, *flags)
        return program

    return make


@pytest.fixture(scope="module")
def run_example(programs, prefix, compile_example):
    """run_example(name, is_static, *args): the completed run; a shared one is told where the library is."""
    folder = os.path.dirname(find(prefix, "/tcpcheck.h")).replace("/include", "")

    def make(name, is_static, *args, **options):
        program = compile_example(name, is_static)
        libraries = {os.path.dirname(path) for path in
                     (os.path.join(top, file) for top, _, files in os.walk(folder) for file in files)
                     if "libtcpcheck.so" in path}
        env = {} if is_static else {"LD_LIBRARY_PATH": ":".join(libraries)}
        return programs.run(*args, program=program, env=env, **options)

    return make


def test_everything_has_its_place(prefix):
    for path in ("bin/tcpcheck", "include/tcpcheck.h", "share/man/man1/tcpcheck.1",
                 "share/man/man1/check_tcp_connection.1", "share/man/man5/tcpcheck-checks.5",
                 "share/man/man3/tcpcheck.3", "share/bash-completion/completions/tcpcheck",
                 "/_tcpcheck", "/libtcpcheck.a", "/tcpcheck.pc"):
        assert os.path.getsize(find(prefix, path))
    assert os.path.samefile(f"{prefix}/bin/check_tcp_connection", f"{prefix}/bin/tcpcheck")


def test_only_one_header_is_installed(prefix):
    headers = [file for _, _, files in os.walk(prefix) for file in files if file.endswith(".h")]
    assert headers == ["tcpcheck.h"]


def test_the_installed_program_runs(programs, prefix, peers):
    peer = peers.open()
    programs.run(peer.target, program=f"{prefix}/bin/tcpcheck").expect(0)
    programs.run("-H", peer.host, "-p", peer.port, program=f"{prefix}/bin/check_tcp_connection").expect(0)


def test_the_program_links_nothing_that_it_does_not_need(prefix, option):
    dynamic = output_of(tool("readelf", "binutils"), "-d", f"{prefix}/bin/tcpcheck")
    needed = set(re.findall(r"\(NEEDED\).*\[(.+?)\.so", dynamic))
    runtime = {"libasan", "libubsan", "libgcc_s", "libm"} if option("b_sanitize") != "none" else set()
    assert needed - runtime <= {"libc", "libcares", "libyaml-0", "libjansson", "libtcpcheck"}


def test_the_library_shows_only_its_public_names(prefix):
    library = next(os.path.join(top, file) for top, _, files in os.walk(prefix) for file in files
                   if file.startswith("libtcpcheck.so") and not os.path.islink(os.path.join(top, file)))
    symbols = output_of(tool("nm", "binutils"), "--dynamic", "--defined-only", "--format=posix", library)
    names = {line.split()[0].split("@")[0] for line in symbols.splitlines()}
    assert names and all(name.startswith(("tcpcheck_", "__asan", "__odr_asan")) for name in names), names
    dynamic = output_of(tool("readelf", "binutils"), "-d", library)
    assert "libtcpcheck.so." in next(line for line in dynamic.splitlines() if "SONAME" in line)


def test_the_header_stands_alone_in_c_and_in_cplusplus(prefix, compiler):
    header = find(prefix, "/tcpcheck.h")
    for language, standard in (("c", "c99"), ("c++", "c++11")):
        output_of(*compiler, f"-std={standard}", "-pedantic", *WARNINGS, "-fsyntax-only",
                  "-x", language, header)


def test_the_version_is_the_same_everywhere(prefix, pkg_config, programs, introspect):
    version = introspect("projectinfo")["version"]
    assert pkg_config("--modversion") == [version]
    assert programs.run("--version").out.split()[-1] == version
    with open(find(prefix, "/tcpcheck.h"), encoding="utf-8") as header:
        assert f'#define TCPCHECK_VERSION "{version}"' in header.read()


@STATIC_AND_SHARED
def test_the_example_of_one_check_builds_and_runs(run_example, peers, is_static):
    open_, refused = peers.open(), peers.refused()
    assert run_example("one_check", is_static, open_.host, open_.port).expect(0).out.startswith("open")
    assert "Connection refused (refused)" in run_example(
        "one_check", is_static, refused.host, refused.port).expect(1).out


@STATIC_AND_SHARED
def test_the_example_of_many_checks_builds_and_runs(run_example, peers, is_static):
    open_, refused = peers.open(), peers.refused()
    words = [word for peer in (open_, refused) * 10 for word in (peer.host, peer.port)]
    results = run_example("many_checks", is_static, *words).expect(1).results
    assert sorted(result["details"]["class"] for result in results) == ["open"] * 10 + ["refused"] * 10
    open_.wait_for("accepted", 10)


@STATIC_AND_SHARED
def test_the_example_of_a_poll_loop_builds_and_runs(run_example, peers, is_static):
    open_, refused = peers.open(), peers.refused()
    lines = f"{refused.host} {refused.port}\n" + f"{open_.host} {open_.port}\n" * 5
    results = run_example("poll_loop", is_static, stdin=lines).expect(0).results
    assert sorted(result["details"]["class"] for result in results) == ["open"] * 5 + ["refused"]
