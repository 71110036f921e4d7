#!/usr/bin/env python3
"""Finds functions that kernels of a wide instruction set would share with the rest of a program.

  check_isa_symbols.py NM ISA OBJECT...

The linker keeps one copy of a function that several objects define. If an object built for a wide instruction set defined one that
others call too, that copy would end up in code for every machine. So what such an object defines for others must bear the set's name.
"""

import subprocess
import sys

FUNCTION = "TtWwVvuiD"  # kinds of nm that are code, or weak
DATA_OK = ("DW.ref.",)  # the compiler's own pointers for exceptions


def foreign(nm, isa, path):
    listing = subprocess.run([nm, "--defined-only", "--extern-only", path], check=True, capture_output=True, text=True).stdout
    for line in listing.splitlines():
        fields = line.split()
        if len(fields) == 3 and fields[1] in FUNCTION and isa not in fields[2] and not fields[2].startswith(DATA_OK):
            yield fields[2]


def main():
    if len(sys.argv) < 4:
        print(__doc__.strip().splitlines()[2].strip(), file=sys.stderr)
        return 2
    nm, isa, objects = sys.argv[1], sys.argv[2], sys.argv[3:]
    findings = [(path, name) for path in objects for name in foreign(nm, isa, path)]
    for path, name in findings:
        print(f"{path}: {name} does not bear the name {isa}; keep it inside the kernel's namespace")
    print(f"check_isa_symbols.py: {len(objects)} objects, {len(findings)} findings", file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
