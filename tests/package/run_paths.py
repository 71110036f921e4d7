"""Where programs and shared libraries look for shared libraries: never in the working folder.

  run_paths.py FOLDER      checks every ELF file below FOLDER that a program could start or load; exit code 1: findings, one a line
"""

import os
import pathlib
import re
import subprocess
import sys

RUN_PATH = re.compile(r"\((?:RPATH|RUNPATH)\).*\[(.*)\]")


def is_program(path):
    """Programs and shared libraries; objects and archives are neither."""
    if path.suffix == ".o" or path.is_symlink() or not path.is_file() or not os.access(path, os.X_OK):
        return False
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def run_paths(path):
    """The run path of each entry that has one, as it stands in the file."""
    dynamic = subprocess.run(["readelf", "--dynamic", "--wide", path], stdout=subprocess.PIPE, text=True, check=True,
                             env={**os.environ, "LC_ALL": "C"}).stdout
    return [match[1] for match in RUN_PATH.finditer(dynamic)]


def bad_folders(path):
    """Entries that depend on the working folder: empty or relative ones."""
    return [folder for text in run_paths(path) for folder in text.split(":") if not folder.startswith(("/", "$ORIGIN", "${ORIGIN}"))]


def look(root):
    """(how many files were looked at, a finding for each that is not as it shall be)."""
    files = sorted(filter(is_program, pathlib.Path(root).rglob("*")))
    return len(files), [f"{file}: its run path has the entries {bad}, wanted absolute ones" for file in files if (bad := bad_folders(file))]


if __name__ == "__main__":
    n_files, findings = look(sys.argv[1])
    print(*findings, sep="\n")
    print(f"{n_files} programs and libraries looked at")
    sys.exit(1 if findings or not n_files else 0)
