"""Command lines as the other tools read them: help of the same look, and no option guessed from its beginning."""

import argparse
import difflib
from dataclasses import dataclass

from messages import TOOL, Failure

COLUMN = 30  # where the help of an option begins


@dataclass(frozen=True)
class Option:
    """`value` is TEXT or INT, or empty for a switch. A positional has a name without dashes and takes several values."""

    names: tuple
    help: str
    value: str = ""
    default: object = None
    choices: tuple = ()

    @property
    def field(self):
        return self.names[-1].lstrip("-")

    def label(self):
        text = ", ".join(self.names)
        if not self.names[0].startswith("-"):
            return text + "..."
        value = f"{{{','.join(self.choices)}}}" if self.choices else self.value
        return f"{text} {value}" if value else text

    def text(self):
        shows_default = self.value and self.default is not None and self.names[0].startswith("-")
        return f"{self.help} [{self.default}]" if shows_default else self.help


COMMON = (
    Option(("--version",), "Print the version and exit"),
    Option(("-h", "--help"), "Print this help and exit"),
    Option(("-q", "--quiet"), "No progress and no notes: warnings and errors only"),
)


class Once(argparse.Action):
    """Of an option given twice, neither value can be the one that was meant."""

    def __call__(self, parser, namespace, values, option_string=None):
        if option_string in getattr(namespace, "given", ()):
            raise Failure(f"{option_string}: given twice, wanted once; see {TOOL} --help")
        namespace.given = [*getattr(namespace, "given", ()), *self.option_strings]
        setattr(namespace, self.dest, values)


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Failure(f"{message}; see {TOOL} --help")


def help_text(description, usage, positionals, options, example):
    def lines(table):
        for option in table:
            label = f"  {option.label()}"
            fits = len(label) + 2 <= COLUMN
            yield f"{label:<{COLUMN}}{option.text()}" if fits else f"{label}\n{'':{COLUMN}}{option.text()}"

    return "\n".join(
        [
            description,
            f"Usage: {TOOL} {usage}",
            "",
            "Arguments:",
            *lines(positionals),
            "",
            "Options:",
            *lines([*COMMON, *options]),
            "",
            "Example:",
            f"  {example}",
            "",
        ]
    )


def number(text):
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text}: wanted a whole number that is not negative")
    return int(text)


def parse(words, positionals, options):
    """Values by field. Failure for what is no option, twice an option, and values of the wrong kind."""
    parser = Parser(prog=TOOL, add_help=False, allow_abbrev=False)
    for option in positionals:
        parser.add_argument(option.field, nargs="*", default=option.default)
    for option in (*COMMON, *options):
        if option.value:
            parser.add_argument(
                *option.names,
                dest=option.field,
                default=option.default,
                action=Once,
                type=number if option.value == "INT" else str,
                choices=option.choices or None,
            )
        else:
            parser.add_argument(*option.names, dest=option.field, action="store_true")
    found, rest = parser.parse_known_intermixed_args(words)
    if rest:
        known = [name for option in (*COMMON, *options) for name in option.names]
        near = difflib.get_close_matches(rest[0].partition("=")[0], known, 1)
        raise Failure(f"{rest[0]} is no option{f'; did you mean {near[0]}?' if near else ''}; see {TOOL} --help")
    return found
