#!/usr/bin/env python3
"""Checks who may include whom, and what libraries must not do.

  check_layers.py [ROOT]      exit code 0: as it shall be; 1: findings, one a line; 2: could not look

Rules: an include in quotes is written from the root and exists; frontend/ and snn/ do not know each other nor the tools; within
them a room includes those that ROOMS names; every third-party header has its includers (LIBRARIES); libraries never print and never exit;
OpenMP and CUDA stay in their files; the name of a test is one that ctest can ask for; no file has more than 300 lines. Functions longer than 40 lines are notes, not findings.
"""

import fnmatch
import pathlib
import re
import sys

SOURCE_DIRS = ("frontend", "snn", "tools", "tests", "scripts")
CPP_SUFFIXES = {".h", ".cpp", ".cuh", ".cu"}
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 40

# Third-party headers -> files that may include them. At most `limit` of these files under each top folder.
# (pattern of the header, patterns of the includers, limit)
LIBRARIES = (
    (r"sndfile\.hh?", ("frontend/sound/sound_file.cpp",), None),
    (r"mpg123\.h", ("frontend/sound/mpeg_file.cpp",), None),
    (r"fftw3\.h", ("frontend/sound/spectrum.cpp",), None),
    (r"utf8proc\.h", ("frontend/base/text.cpp",), None),
    (r"hdf5\.h", ("frontend/hdf5/*",), None),
    (r"archive(_entry)?\.h", ("frontend/stream/archive.cpp",), None),
    (r"nlohmann/.*", ("frontend/stream/*", "snn/*", "tools/*", "scripts/bench/*"), {"frontend": 1, "snn": 2}),
    (r"zlib\.h", ("frontend/base/*", "snn/*"), {"frontend": 1, "snn": 1}),
    (r"omp\.h", ("snn/base/parallel.cpp",), None),
    (r"dlfcn\.h", ("snn/backend/make_backend.cpp",), None),
    (r"Eigen/.*", ("snn/backend/cpu/*",), None),
    (r"CLI/.*", ("tools/*", "scripts/bench/*"), None),
    (r"fmt/.*", ("frontend/*", "snn/*", "tools/*", "scripts/bench/*"), None),
    (r"(cuda|cublas|curand).*\.h|cooperative_groups.*", ("snn/backend/cuda/*",), None),
    (r"(cblas|openblas_config)\.h", ("scripts/bench/*",), None),
    (r"catch2/.*", (), None),
)
# Headers of the system: of C, of POSIX and the compiler's.
SYSTEM = re.compile(r"(stddef|sys/\w+|unistd|fcntl|poll|signal|termios|dirent|sched|pthread|getopt|locale|time|immintrin|x86intrin|cpuid)\.h")

# Who lives in which room, and which other rooms its files may include. The order is from the ground up.
ROOMS = {
    "frontend/base": set(),
    "frontend/stream": {"frontend/base"},
    "frontend/hdf5": {"frontend/base"},
    "frontend/sound": {"frontend/base"},
    "frontend/lyon": {"frontend/base", "frontend/stream", "frontend/sound"},
    "frontend/events": {"frontend/base", "frontend/stream", "frontend/hdf5"},
    "frontend/encode": {"frontend/base", "frontend/stream", "frontend/lyon"},
    "frontend/exchange": {"frontend/base", "frontend/stream", "frontend/hdf5", "frontend/events"},
    "frontend/recipe": {"frontend/base", "frontend/stream", "frontend/sound", "frontend/lyon", "frontend/encode"},
    "snn/base": set(),
    "snn/neuron": {"snn/base"},
    "snn/model": {"snn/base", "snn/neuron"},
    "snn/scan": {"snn/base", "snn/model", "snn/neuron"},
    "snn/backend": {"snn/base", "snn/model", "snn/neuron", "snn/scan"},
    "snn/backend/cpu": {"snn/base", "snn/model", "snn/neuron", "snn/scan", "snn/backend"},
    "snn/backend/cuda": {"snn/base", "snn/model", "snn/neuron", "snn/scan", "snn/backend"},
    "snn/streaming": {"snn/base", "snn/model", "snn/scan", "snn/backend", "snn/backend/cpu"},
    "snn/files": {"snn/base", "snn/model"},
    "snn/data": {"snn/base", "snn/model", "snn/scan", "snn/files"},
    "snn/network": {"snn/base", "snn/model", "snn/neuron", "snn/scan", "snn/backend", "snn/data"},
    "snn/score": {"snn/base", "snn/model", "snn/neuron", "snn/backend", "snn/data", "snn/network"},
    "snn/train": {"snn/base", "snn/model", "snn/scan", "snn/backend", "snn/files", "snn/data", "snn/network", "snn/score"},
    "tools/common": set(),
    "tools/options": {"tools/common"},
    "tools/recogniser": set(),
}
# The files that choose a back end, or count in its place, know them.
DOORS = {"snn/backend/make_backend.cpp": {"snn/backend/cpu", "snn/backend/cuda"},
         "snn/train/forecast.cpp": {"snn/backend/cpu", "snn/backend/cuda"}}
# Arithmetic shared with a GPU: no more of the standard library than this.
NEURON_STD = {"cmath", "cstdint", "bit", "limits", "type_traits", "concepts"}
CUDA_BRANCHES = {"snn/base/hd.h", "snn/backend/cuda/launch.cuh", "snn/backend/cuda/walk.cuh", "snn/backend/make_backend.cpp"}
OPENMP_FILES = {"snn/base/parallel.cpp"}
# What runs in a process that a library made ends with it.
CHILD_PROCESS = {"frontend/events/isolated_source.cpp"}

# ctest cuts a name at a semicolon, and Catch takes a leading dash for an option: then no test runs, and it passes.
BAD_TEST_NAME = re.compile(r'TEST_CASE\(\s*"(-[^"]*|[^"]*;[^"]*)"')
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
CUDA_IF = re.compile(r"\s*#\s*(?:el)?if(?:n?def)?\b.*(CUDA|__NVCC__)")
PRINTS = re.compile(r"\bstd::(cout|cerr|clog)\b|(?<![\w.>])(?:std::)?(printf|puts|fprintf|perror|_?exit|quick_exit|abort)\s*\(|\bfmt::print\b")


def sources(root):
    for folder in SOURCE_DIRS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in CPP_SUFFIXES or (path.suffix == ".py" and "__pycache__" not in path.parts):
                yield path.relative_to(root).as_posix()


def without_comments(text):
    """C++ text with comments blanked; lines stay. Strings are kept: no rule minds them."""
    blank = lambda match: re.sub(r"[^\n]", " ", match[0]) if match[0].startswith("/") else match[0]
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', blank, text, flags=re.DOTALL)


class Checker:
    def __init__(self, root):
        self.root = root
        self.findings = []
        self.notes = []
        self.includers = {}  # (pattern, top folder) -> files

    def finding(self, path, line, message):
        self.findings.append(f"{path}:{line}: {message}")

    def check(self):
        for path in sources(self.root):
            text = (self.root / path).read_text(encoding="utf-8")
            lines = text.count("\n")
            if lines > MAX_FILE_LINES:
                self.finding(path, lines, f"{lines} lines; split the file at {MAX_FILE_LINES}")
            if not path.endswith(".py"):
                self.check_cpp(path, text)
        for (pattern, top), (limit, files) in sorted(self.includers.items()):
            if len(files) > limit:
                self.finding(top, 0, f"<{pattern}> is included by {len(files)} files, {limit} allowed: {', '.join(files)}")

    def check_cpp(self, path, text):
        code = without_comments(text)
        for match in BAD_TEST_NAME.finditer(text):
            self.finding(path, text.count("\n", 0, match.start()) + 1, f"test '{match[1]}': ctest cannot run it; no ';' and no leading '-'")
        if path.rpartition("/")[0] in ("frontend", "snn"):
            self.finding(path, 0, f"{path.split('/')[0]}/ has rooms; put the file into one of them")
        is_library = path.startswith(("frontend/", "snn/"))
        for number, line in enumerate(code.split("\n"), 1):
            include = INCLUDE.match(line)
            if include and include[1] == '"':
                self.check_own_include(path, number, include[2])
            elif include:
                self.check_foreign_include(path, number, include[2])
            if CUDA_IF.match(line) and path not in CUDA_BRANCHES and not path.startswith("tests/"):
                self.finding(path, number, "a branch on CUDA; a build chooses files, not branches")
            if re.match(r"\s*#\s*pragma\s+omp\b", line) and path not in OPENMP_FILES:
                self.finding(path, number, "OpenMP outside snn/base/parallel.cpp; use its function")
            if is_library and path not in CHILD_PROCESS and (PRINTS.search(line) or (include and include[2] in ("iostream", "print"))):
                self.finding(path, number, "a library never prints and never exits; throw, or return it")
        if not path.startswith("tests/"):
            for number, length in long_functions(code):
                self.notes.append(f"{path}:{number}: note: {length} lines in one function; {MAX_FUNCTION_LINES} fit on a screen")

    def check_own_include(self, path, number, target):
        top = target.split("/")[0]
        if top not in SOURCE_DIRS or not (self.root / target).is_file():
            self.finding(path, number, f'"{target}": no such file from the root; write includes from the root')
            return
        own = path.split("/")[0]
        allowed = {"frontend": {"frontend"}, "snn": {"snn"}, "tools": {"frontend", "snn", "tools"}}.get(own)
        if allowed and top not in allowed:
            self.finding(path, number, f'"{target}": {own}/ must not include {top}/')
        elif own != "tests":
            self.check_rooms(path, number, target)

    def check_rooms(self, path, number, target):
        own, other = path.rpartition("/")[0], target.rpartition("/")[0]
        if own in ROOMS and other.split("/")[0] == own.split("/")[0] and other != own and other not in ROOMS[own] | DOORS.get(path, set()):
            self.finding(path, number, f'"{target}": {own}/ must not include {other}/')

    def check_foreign_include(self, path, number, header):
        if path.startswith("snn/neuron/") and header not in NEURON_STD:
            self.finding(path, number, f"<{header}>: snn/neuron/ includes {', '.join(sorted(NEURON_STD))} only")
        if re.fullmatch(r"[a-z_0-9]+", header) or SYSTEM.fullmatch(header) or path.startswith("tests/"):
            return
        for pattern, includers, limit in LIBRARIES:
            if re.fullmatch(pattern, header):
                if not any(fnmatch.fnmatch(path, each) for each in includers):
                    self.finding(path, number, f"<{header}>: allowed in {', '.join(includers) or 'tests/'} only")
                self.count_includer(path, pattern, limit)
                return
        self.finding(path, number, f"<{header}>: not a library this project has chosen; see LIBRARIES in scripts/check_layers.py")

    def count_includer(self, path, pattern, limit):
        top = path.split("/")[0]
        if limit and top in limit:
            _, files = self.includers.setdefault((pattern, top), (limit[top], []))
            if path not in files:
                files.append(path)


def long_functions(code):
    """(line, length) of bodies longer than allowed. By form: a line that ends in `{` after a `)`, up to the `}` of its indent."""
    lines = code.split("\n")
    for begin, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        opens = re.search(r"\)[^(;]*\{\s*$", line) and not re.match(r"\s*(if|for|while|switch|else|\}|struct|class|namespace)\b", line)
        if not opens or indent > 2 or line.lstrip().startswith("}"):
            continue
        for end in range(begin + 1, len(lines)):
            if lines[end].startswith(" " * indent + "}"):
                if end - begin + 1 > MAX_FUNCTION_LINES:
                    yield begin + 1, end - begin + 1
                break


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent
    if len(sys.argv) > 2 or not any((root / folder).is_dir() for folder in SOURCE_DIRS):
        print(f"check_layers.py: {root}: no sources here; usage: check_layers.py [ROOT]", file=sys.stderr)
        return 2
    checker = Checker(root)
    checker.check()
    for line in checker.findings + checker.notes:
        print(line)
    print(f"check_layers.py: {len(checker.findings)} findings, {len(checker.notes)} notes", file=sys.stderr)
    return 1 if checker.findings else 0


if __name__ == "__main__":
    sys.exit(main())
