"""tools/layers: each rule is broken in a small tree of its own, and the tool must say where."""

import json
import pathlib
import subprocess

import pytest

TOOL = pathlib.Path(__file__).resolve().parents[2] / "tools" / "layers"

CLEAN = {
    "include/tcpcheck.h": "int tcpcheck_version(void);\n",
    "src/core/text.h": '#include "tcpcheck.h"\nint text_same(const char *a, const char *b);\n',
    "src/core/text.c": '#include "core/text.h"\n#include <string.h>\n'
    "static const char *const words[] = {\"a\", \"b\"};\n"
    "int text_same(const char *a, const char *b) { return strcmp(a, b) == 0 || a == words[*b]; }\n",
    "src/engine/ops.h": "struct ops { int (*now)(void); };\n",
    "src/engine/engine.c": '#include "core/text.h"\n#include "engine/ops.h"\n'
    'int engine_step(void) { return text_same("a", "b"); }\n',
    "src/net/loop.c": '#include "engine/ops.h"\n#include <time.h>\n'
    "long loop_now(void) { return time(NULL); }\n",
    "src/cli/main.c": '#include "net/loop.h"\n#include <stdio.h>\n'
    'int main(void) { return puts(""); }\n',
    "src/net/loop.h": "long loop_now(void);\n",
    "examples/one.c": "#include <tcpcheck.h>\nint main(void) { return tcpcheck_version(); }\n",
}


@pytest.fixture
def tree(tmp_path):
    write(tmp_path, CLEAN)
    return tmp_path


def write(top, files):
    for name, text in files.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def build(top, *flags):
    """Objects and the compile_commands.json that goes with them, the way meson writes it."""
    folder = top / "build"
    folder.mkdir(exist_ok=True)
    commands = []
    for source in sorted(top.glob("src/**/*.c")):
        output = source.relative_to(top).as_posix().replace("/", "_") + ".o"
        subprocess.run(
            ["gcc", "-O1", "-fPIC", *flags, "-I", top / "include", "-I", top / "src"]
            + ["-c", source, "-o", folder / output],
            check=True,
        )
        file = "../" + source.relative_to(top).as_posix()
        commands.append({"directory": str(folder), "file": file, "output": output})
    (folder / "compile_commands.json").write_text(json.dumps(commands))


def layers(top, *options):
    done = subprocess.run(
        [TOOL, "--top", top, *options], capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stderr.splitlines()


def test_a_clean_tree_passes_with_and_without_a_build(tree):
    assert layers(tree) == (0, [])
    build(tree)
    assert layers(tree) == (0, [])


def test_an_empty_tree_does_not_pass(tmp_path):
    assert layers(tmp_path)[0] == 1


INCLUDES = {
    "core_may_not_see_net": (
        {"src/core/up.c": '\n#include "net/loop.h"\n'},
        'src/core/up.c:2: includes "net/loop.h": core may include core/, tcpcheck.h',
    ),
    "engine_may_not_see_net": (
        {"src/engine/up.h": '#include "../net/loop.h"\n'},
        'src/engine/up.h:1: includes "../net/loop.h": '
        "engine may include core/, engine/, tcpcheck.h",
    ),
    "net_sees_only_the_seam_of_the_engine": (
        {"src/engine/engine.h": "\n", "src/net/up.c": '#  include "engine/engine.h"\n'},
        'src/net/up.c:1: includes "engine/engine.h": '
        "net may include core/, engine/ops.h, net/, tcpcheck.h",
    ),
    "format_may_not_see_cli": (
        {"src/cli/options.h": "\n", "src/format/csv.c": '#include "cli/options.h"\n'},
        'src/format/csv.c:1: includes "cli/options.h": '
        "format may include core/, format/, tcpcheck.h",
    ),
    "examples_see_only_the_public_header": (
        {"examples/two.c": '#include "../src/core/text.h"\n'},
        'examples/two.c:1: includes "../src/core/text.h": an example may include tcpcheck.h',
    ),
    "an_include_that_is_not_there": (
        {"src/core/lost.c": '#include "core/nowhere.h"\n'},
        'src/core/lost.c:1: includes "core/nowhere.h", which is not in src/ or include/',
    ),
    "a_folder_that_is_no_layer": (
        {"src/misc/any.c": "\n"},
        "src/misc/any.c:1: src/misc is not a layer: tools/layers has no row for it",
    ),
    "a_cycle_within_a_layer": (
        {
            "src/core/a.h": '#include "core/b.h"\n',
            "src/core/b.h": '\n\n#include "core/c.h"\n',
            "src/core/c.h": '\n#include "core/a.h"\n',
        },
        "src/core/c.h:2: include cycle: "
        "src/core/a.h -> src/core/b.h -> src/core/c.h -> src/core/a.h",
    ),
}


@pytest.mark.parametrize("files, message", INCLUDES.values(), ids=INCLUDES.keys())
def test_an_include_that_breaks_a_rule_is_reported(tree, files, message):
    write(tree, files)
    assert layers(tree) == (1, [message])


SYMBOLS = {
    "core_may_not_print": (
        "src/core/bad.c",
        "#include <stdio.h>\n\nint bad(char *to) { return snprintf(to, 4, to); }\n",
        "src/core/bad.c:3: uses snprintf: core is pure, and PURE_SYMBOLS does not list it",
    ),
    "core_may_not_ask_the_locale": (
        "src/core/bad.c",
        "#include <string.h>\nchar *bad(int number) { return strerror(number); }\n",
        "src/core/bad.c:2: uses strerror: core is pure, and PURE_SYMBOLS does not list it",
    ),
    "core_may_not_call_the_engine_behind_the_header": (
        "src/core/bad.c",
        "int engine_step(void);\nint bad(void) { return engine_step() + 1; }\n",
        "src/core/bad.c:1: uses engine_step: core is pure, and PURE_SYMBOLS does not list it",
    ),
    "engine_may_not_read_the_clock": (
        "src/engine/bad.c",
        "#include <time.h>\nlong bad(void) { return time(0) + 1; }\n",
        "src/engine/bad.c:2: uses time: engine is pure, and PURE_SYMBOLS does not list it",
    ),
    "core_may_not_keep_a_variable": (
        "src/core/bad.c",
        "int bad(void)\n{\n    static int calls;\n    return ++calls;\n}\n",
        "src/core/bad.c:3: variable calls: core is pure and keeps no state of its own",
    ),
    "engine_may_not_keep_an_initialised_variable": (
        "src/engine/bad.c",
        'const char *word = "a";\n',
        "src/engine/bad.c:1: variable word: engine is pure and keeps no state of its own",
    ),
    "format_may_not_do_output": (
        "src/format/bad.c",
        '#include <stdio.h>\nint bad(int n) { return printf("%d", n); }\n',
        "src/format/bad.c:2: uses printf: FORBIDDEN_SYMBOLS keeps it out of format",
    ),
    "the_library_may_not_exit": (
        "src/lib/bad.c",
        "#include <stdlib.h>\nvoid bad(void) { exit(1); }\n",
        "src/lib/bad.c:2: uses exit: FORBIDDEN_SYMBOLS keeps it out of lib",
    ),
}


@pytest.mark.parametrize("source, text, message", SYMBOLS.values(), ids=SYMBOLS.keys())
def test_a_symbol_that_breaks_a_rule_is_reported(tree, source, text, message):
    write(tree, {source: text})
    build(tree)
    assert layers(tree) == (1, [message])


@pytest.mark.parametrize("flags", [["-fsanitize=address,undefined"], ["-D_FORTIFY_SOURCE=2"]])
def test_what_the_compiler_adds_is_no_violation(tree, flags):
    write(
        tree,
        {
            "src/core/more.c": "#include <string.h>\n"
            "void more(char *to, const char *from, int n)\n"
            "{\n    char own[64];\n    strcpy(own, from);\n    memcpy(to, own, 64u << n);\n}\n"
        },
    )
    build(tree, *flags, "-fstack-protector-strong")
    assert layers(tree) == (0, [])


def test_an_object_that_was_never_built_is_reported(tree):
    build(tree)
    (tree / "build" / "src_core_text.c.o").unlink()
    code, lines = layers(tree)
    assert code == 1
    assert lines[0].startswith("src/core/text.c:1: has no object in ")
