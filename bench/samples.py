"""Where a program's time goes, from what `perf script` prints of its samples: a pure function of text.

Time in the kernel is told apart by the system call that it is for, time in our own code by the folder
of src/ that the function is in, the rest by library. Inlined code counts as its caller's.
"""

import collections
import os
import re

# The outermost one is often gone: its last call is a jump.
SYSTEM_CALL = re.compile(r"(?:__(?:x64|arm64|se)_sys_(\w+)|(?:_{2,4}|k)sys_([a-z0-9]+))")
OTHER_KERNEL = "kernel: entry, exit, switches, interrupts"
FRAME = re.compile(r"^\s+([0-9a-f]+) (\S.*?) \((.*)\)$")


def layers(listing):
    """{function: folder of src/} from `nm --line-numbers`."""
    found = {}
    for text in listing.splitlines():
        symbol, _, place = text.partition("\t")
        folder = re.search(r".*/src/(\w+)/", place)
        if folder:
            found[symbol.split()[-1]] = folder[1]
    return found


def stacks(text):
    """Of each sample its frames, the innermost first, as (function, object)."""
    for sample in re.split(r"\n\s*\n", text):
        frames = [(found[2].partition("+")[0], found[3]) for found in map(FRAME.match, sample.splitlines()) if found]
        if frames:
            yield frames


def place(frames, folders):
    """(where in words, innermost function) of one sample."""
    function, origin = frames[0]
    if origin.startswith("[kernel") or origin.startswith("[guest"):
        calls = [SYSTEM_CALL.match(name) for name, _ in reversed(frames)]
        call = next((found[1] or found[2] for found in calls if found), None)
        return f"kernel: {call}" if call else OTHER_KERNEL, function
    if function in folders:
        return f"src/{folders[function]}", function
    library = os.path.basename(origin).partition(".so")[0]
    return library.strip("[]"), function


def shares(text, folders):
    """(Counter of places, Counter of functions of ours and of libraries), as shares of all samples."""
    places, functions, count = collections.Counter(), collections.Counter(), 0
    for frames in stacks(text):
        where, function = place(frames, folders)
        count += 1
        places[where] += 1
        if not where.startswith("kernel"):
            functions[function, where] += 1
    return tuple(collections.Counter({key: number / count for key, number in counter.items()})
                 for counter in (places, functions))
