#!/usr/bin/env python3
"""Writes the manual page of a tool, made by help2man from what its --help and --version print.

  make_man_page.py TOOL -o PAGE.1.gz [--see-also NAME ...] [--help2man PROGRAM]

TOOL is the path of a program. help2man is shown the help in the words that it looks for; that of Python's argparse is
understood too.
"""
import argparse
import gzip
import os
import pathlib
import re
import subprocess
import tempfile

# As they are written in the help, and as help2man wants them; a blank line before an example keeps its lines as they are.
HEADINGS = {r"usage:": "Usage:", r"options:": "Options:", r"positional arguments:": "Arguments:", r"Example:": "Examples:\n"}

# Sections that hold for all tools, in help2man's own form.
MORE_SECTIONS = """[EXIT STATUS]
.TP
0
Everything was done.
.TP
1
Some records could not be used, and standard error names each; or the answer is no.
.TP
2
The work could not be done, for what standard error says, such as a wrong option.

[SEE ALSO]
{others}

The guide with recipes, formats and results is README.md in the folder of the documentation, such as /usr/share/doc/ossicle.
"""

# Names of options stay whole, and lines are not stretched.
UNBROKEN = ".nh\n.ad l\n"


def in_words_of_help2man(text):
    for wanted, written in HEADINGS.items():
        text = re.sub(rf"(?m)^{wanted}", written, text)
    return text


def summary(text):
    """What the tool does, for the line of the page by which apropos finds it: its first sentence up to a colon or bracket."""
    before, _, after = text.partition("Usage:")
    description = before.strip() or after.partition("\n\n")[2].strip()
    first = re.match(r"[^.:(\n]+", description)
    if not first:
        raise SystemExit("make_man_page.py: the help does not begin with what the tool does")
    return first[0][0].lower() + first[0][1:].strip()


def reference(name):
    return f".BR {name} (1)".replace("-", "\\-")


def output_of(tool, option):
    return subprocess.run([tool, option], check=True, stdout=subprocess.PIPE, text=True).stdout


def page(tool, help2man, others):
    """The page as roff."""
    help_text = in_words_of_help2man(output_of(tool, "--help"))
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "help").write_text(help_text)
        (folder / "version").write_text(output_of(tool, "--version"))
        (folder / "more").write_text(MORE_SECTIONS.format(others=",\n".join(map(reference, others))))
        stand_in = folder / tool.name
        stand_in.write_text(f'#!/bin/sh\ncat "{folder}/${{1#--}}"\n')
        stand_in.chmod(0o755)
        text = subprocess.run([help2man, "--no-info", "--section=1", "--manual=Ossicle", f"--name={summary(help_text)}",
                               f"--include={folder / 'more'}", stand_in],
                              check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"}).stdout
    return text.replace(".SH NAME\n", UNBROKEN + ".SH NAME\n", 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tool", type=pathlib.Path, metavar="TOOL")
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True, metavar="PAGE")
    parser.add_argument("--see-also", nargs="*", default=[], metavar="NAME")
    parser.add_argument("--help2man", default="help2man", metavar="PROGRAM")
    args = parser.parse_args()
    others = [name for name in args.see_also if name != args.tool.name]
    text = page(args.tool.absolute(), args.help2man, others)
    args.output.parent.mkdir(parents=True, exist_ok=True)
    args.output.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
