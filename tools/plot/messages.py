"""What ossicle-plot says on standard error, in the manner of the other tools."""

import sys

TOOL = "ossicle-plot"


class Failure(Exception):
    """What cannot be done: where, what was found, what was wanted, what to do. The tool ends with 2."""


def say(text):
    """Each line with the name of the tool; control characters would change the terminal, and go out as escapes."""
    for line in str(text).split("\n"):
        shown = "".join(c if c.isprintable() else repr(c)[1:-1] for c in line)
        sys.stderr.write(f"{TOOL}: {shown}\n")


def warn(text):
    say(f"warning: {text}")
