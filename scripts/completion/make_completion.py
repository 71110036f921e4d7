#!/usr/bin/env python3
"""Writes shell completion of a tool, made from what its --help prints.

  make_completion.py TOOL... --out FOLDER

TOOL is the path of a program. FOLDER gets bash/NAME, zsh/_NAME and fish/NAME.fish for each: options with their help, the
values of options that take one of a few, and files of the right kind where the help says STREAM, MODEL, LIST and the like.
Reading --help is less than a second listing of the options would be, and --help comes from the same tables. The help of
Python's argparse is understood too.
"""
import argparse
import pathlib
import re
import subprocess
from dataclasses import dataclass, field

# What the value of an option or an argument is called, and how such files end. Of any other name: any file.
RECORDINGS = ["wav", "flac", "aif", "aiff", "sph", "mp3", "ogg", "au", "caf"]
ENDINGS = {"STREAM": ["tar"], "MODEL": ["model", "safetensors", "best"], "LIST": ["tsv"], "RECORDING": RECORDINGS,
           "INPUT": ["tar", *RECORDINGS, "csv", "jsonl"]}
FOLDER = "FOLDER"
NO_FILES = {"INT", "UINT", "FLOAT", "SIZES", "N"}

# A line of the help: two blanks, names and value, then its text two blanks away or in the next lines, far to the right.
LINE = re.compile(r"^  (?P<head>\S+(?: \S+)*)(?:  +(?P<text>.*))?$")
TEXT_COLUMN = 20


@dataclass
class Entry:
    """An option, or, without names, an argument. `value`: what it is called; empty of a switch."""
    names: list
    value: str
    help: str = ""
    choices: list = field(default_factory=list)
    is_list: bool = False

    def endings(self):
        """How the files end that it takes; empty: any."""
        return ENDINGS.get(self.value, [])

    def takes_files(self):
        return bool(self.value) and not self.choices and self.value not in NO_FILES


def parse_head(head, text):
    """"-o, --output FILE", "-o FILE, --output FILE", "--kind {a,b}", "FILE..."."""
    parts = re.split(r", (?=-)", head) if head.startswith("-") else ["", head]
    names = [part.split(" ")[0] for part in parts if part.startswith("-")]
    value = parts[-1].partition(" ")[2] if names else head
    choices = re.match(r"\{(.*)\}", value)
    name = re.match(r"[\w-]*", value)[0].upper()
    return Entry(names, name or value, text, choices[1].split(",") if choices else [], "..." in value)


def parse_help(text):
    """(options, arguments) in the order of the help text."""
    entries, in_list = [], False
    for line in text.splitlines():
        match = LINE.match(line)
        if line and not line.startswith(" "):
            in_list = line.endswith(":") and not line.startswith("Example")
        elif in_list and match:
            entries.append(parse_head(match["head"], match["text"] or ""))
        elif in_list and line.startswith(" " * TEXT_COLUMN) and entries:
            entries[-1].help = f"{entries[-1].help} {line.strip()}".strip()
    arguments = [entry for entry in entries if not entry.names]
    for argument in arguments:  # argparse shows only in the usage that there may be several
        argument.is_list |= re.search(rf"(?i)\b{re.escape(argument.value)} \.\.\.", text) is not None
    return [entry for entry in entries if entry.names], arguments


def endings_of_arguments(arguments):
    """Of all together; empty: any."""
    known = all(argument.endings() for argument in arguments)
    return list(dict.fromkeys(ending for argument in arguments for ending in argument.endings())) if known else []


def bash_case(option):
    names = "|".join(option.names)
    if option.choices:
        return f"    {names}) mapfile -t COMPREPLY < <(compgen -W '{' '.join(option.choices)}' -- \"$word\"); return ;;\n"
    if option.value == FOLDER:
        return f"    {names}) mapfile -t COMPREPLY < <(compgen -d -- \"$word\"); return ;;\n"
    if option.takes_files():
        return f"    {names}) endings='{' '.join(option.endings())}' ;;\n"
    return f"    {names}) return ;;\n" if option.value else ""


def bash(tool, options, arguments):
    function = "_" + tool.replace("-", "_")
    names = " ".join(name for option in options for name in option.names)
    cases = "".join(map(bash_case, options))
    return f"""# bash completion of {tool}, made from its --help
{function}() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} endings ending
  COMPREPLY=()
  # --NAME=VALUE comes as three words.
  [[ $before != = ]] || before=${{COMP_WORDS[COMP_CWORD-2]}}
  [[ $word != = ]] || word=
  case $before in
{cases}    *)
      if [[ $word == -?* ]]; then
        mapfile -t COMPREPLY < <(compgen -W '{names}' -- "$word")
        return
      fi
      endings='{' '.join(endings_of_arguments(arguments))}'
      ;;
  esac
  for ending in $endings; do
    mapfile -t -O "${{#COMPREPLY[@]}}" COMPREPLY < <(compgen -f -X "!*.$ending" -- "$word")
  done
  if ((${{#COMPREPLY[@]}})); then
    mapfile -t -O "${{#COMPREPLY[@]}}" COMPREPLY < <(compgen -d -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}}
complete -o filenames -F {function} {tool}
"""


def zsh_action(entry):
    if entry.choices:
        return f"({' '.join(entry.choices)})"
    if entry.value == FOLDER:
        return "_files -/"
    if not entry.takes_files():
        return " "
    return f"_files -g \"*.({'|'.join(entry.endings())})\"" if entry.endings() else "_files"


def zsh(tool, options, arguments):
    def quoted(text):
        return re.sub(r"([\[\]:\\])", r"\\\1", text).replace("'", "'\\''")

    lines = []
    for option in options:
        value = f":{'value' if option.choices else option.value}:{zsh_action(option)}" if option.value else ""
        lines += [f"  '{name}[{quoted(option.help)}]{value}'" for name in option.names]
    lines += [f"  '{'*' if argument.is_list else ''}:{argument.value}:{zsh_action(argument)}'" for argument in arguments]
    return f"#compdef {tool}\n# zsh completion of {tool}, made from its --help\n_arguments \\\n" + " \\\n".join(lines) + "\n"


def fish_files(endings):
    """Those with the first ending come first, all others behind them: fish puts one in front."""
    return f" -f -k -a '(__fish_complete_suffix .{endings[0]})'"


def fish(tool, options, arguments):
    text = f"# fish completion of {tool}, made from its --help\n"
    for option in options:
        line = f"complete -c {tool}"
        for name in option.names:
            line += f" -l {name[2:]}" if name.startswith("--") else f" -s {name[1:]}"
        if option.value:
            line += " -r"
        if option.choices:
            line += f" -f -a '{' '.join(option.choices)}'"
        elif option.value == FOLDER:
            line += " -f -a '(__fish_complete_directories)'"
        elif option.endings():
            line += fish_files(option.endings())
        elif option.value and not option.takes_files():
            line += " -f"
        if option.help:
            line += " -d '" + option.help.replace("\\", "\\\\").replace("'", "\\'") + "'"
        text += line + "\n"
    endings = endings_of_arguments(arguments)
    return text + (f"complete -c {tool}{fish_files(endings)}\n" if endings else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tools", nargs="+", type=pathlib.Path, metavar="TOOL")
    parser.add_argument("--out", required=True, type=pathlib.Path, metavar="FOLDER")
    args = parser.parse_args()
    for tool in args.tools:
        help_text = subprocess.run([tool.absolute(), "--help"], check=True, stdout=subprocess.PIPE, text=True).stdout
        options, arguments = parse_help(help_text)
        if not options:
            raise SystemExit(f"make_completion.py: {tool}: no options in what --help prints")
        for write, path in ((bash, f"bash/{tool.name}"), (zsh, f"zsh/_{tool.name}"), (fish, f"fish/{tool.name}.fish")):
            target = args.out / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(write(tool.name, options, arguments))


if __name__ == "__main__":
    main()
