#!/usr/bin/env python3
"""Writes shell completion of a tool, made from what its --help prints.

  make_completion.py TOOL... --out FOLDER

TOOL is the path of a program. FOLDER gets bash/NAME, zsh/_NAME and fish/NAME.fish for each: options with their help, the
values of options that take one of a few, and files everywhere else.
Reading --help is less than a second listing of the options would be, and --help comes from the same tables.
"""
import argparse
import pathlib
import re
import subprocess
from dataclasses import dataclass, field

# An option's line: two blanks, its names, then perhaps a type and requirements, then its help after two blanks or more.
LINE = re.compile(r"^  (?P<names>-[^\s,]*(?:,-[^\s,]*)*)(?P<rest>.*)$")
CHOICES = re.compile(r"^ [A-Z]+:(?:[A-Z]+ in )?\{(?P<values>[^}]*)\}")
TYPES = re.compile(r"^ [A-Z]{2,}")


@dataclass
class Option:
    names: list
    takes_value: bool
    help: str = ""
    choices: list = field(default_factory=list)


def parse_help(text):
    """The options in the order of the help text."""
    options = []
    for line in text.splitlines():
        match = LINE.match(line)
        if match:
            # A switch that turns another off is shown as --no-x{false}.
            names = [re.sub(r"\{.*\}$", "", name) for name in match["names"].split(",")]
            rest, _, text_of_line = re.sub(r"^ {2,}", "   ", match["rest"]).partition("  ")
            # A switch takes no value, and its names may be so long that one blank only is left before its help.
            is_switch = "{" in match["names"]
            if is_switch and not text_of_line:
                text_of_line = rest
            choices = CHOICES.match(rest)
            options.append(Option(names, bool(TYPES.match(rest)) and not is_switch, text_of_line.strip(),
                                  choices["values"].split(",") if choices else []))
        elif options and line.startswith(" " * 20) and line.strip():
            options[-1].help = (options[-1].help + " " + line.strip()).strip()
        elif options and not line.startswith(" ") and line:
            if not line.endswith(":") or line == "Example:":
                break
    return options


def bash(tool, options):
    function = "_" + tool.replace("-", "_")
    names = " ".join(name for option in options for name in option.names)
    cases = "".join(f"    {'|'.join(option.names)}) mapfile -t COMPREPLY < <(compgen -W '{' '.join(option.choices)}' -- "
                    f"\"$word\"); return ;;\n" for option in options if option.choices)
    files = "|".join(name for option in options if option.takes_value and not option.choices for name in option.names)
    if files:
        cases += f"    {files}) mapfile -t COMPREPLY < <(compgen -f -- \"$word\"); return ;;\n"
    return f"""# bash completion of {tool}, made from its --help
{function}() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}}
  COMPREPLY=()
  case $before in
{cases}    *) ;;
  esac
  if [[ $word == -?* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '{names}' -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}}
complete -o filenames -F {function} {tool}
"""


def zsh(tool, options):
    def quoted(text):
        return re.sub(r"([\[\]:\\])", r"\\\1", text).replace("'", "'\\''")

    lines = []
    for option in options:
        value = ""
        if option.choices:
            value = f":value:({' '.join(option.choices)})"
        elif option.takes_value:
            value = ":value:_files"
        lines += [f"  '{name}[{quoted(option.help)}]{value}'" for name in option.names]
    return f"#compdef {tool}\n# zsh completion of {tool}, made from its --help\n_arguments \\\n" + " \\\n".join(
        lines + ["  '*:file:_files'"]) + "\n"


def fish(tool, options):
    text = f"# fish completion of {tool}, made from its --help\n"
    for option in options:
        line = f"complete -c {tool}"
        for name in option.names:
            line += f" -l {name[2:]}" if name.startswith("--") else f" -s {name[1:]}"
        if option.takes_value:
            line += " -r"
        if option.choices:
            line += f" -f -a '{' '.join(option.choices)}'"
        if option.help:
            line += " -d '" + option.help.replace("\\", "\\\\").replace("'", "\\'") + "'"
        text += line + "\n"
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tools", nargs="+", type=pathlib.Path, metavar="TOOL")
    parser.add_argument("--out", required=True, type=pathlib.Path, metavar="FOLDER")
    args = parser.parse_args()
    for tool in args.tools:
        help_text = subprocess.run([tool.absolute(), "--help"], check=True, stdout=subprocess.PIPE, text=True).stdout
        options = parse_help(help_text)
        if not options:
            raise SystemExit(f"make_completion.py: {tool}: no options in what --help prints")
        for write, path in ((bash, f"bash/{tool.name}"), (zsh, f"zsh/_{tool.name}"), (fish, f"fish/{tool.name}.fish")):
            target = args.out / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(write(tool.name, options))


if __name__ == "__main__":
    main()
