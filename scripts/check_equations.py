#!/usr/bin/env python3
"""Checks the way from a paper's equation to its line of code and back: table, source and test carry the same tag.

  check_equations.py [ROOT]      exit code 0: as it shall be; 1: findings, one a line; 2: could not look

A tag is a bracket like [TSSLBP Eq. 3] or [Lyon sec. 2]: the source's name, then a place in it. Each row of an EQUATIONS.md declares
the tags of its first column. They must stand in every source file that the row names (a path from the root or from the table's
folder), in the name or tags of a Catch2 test, and, when the row names a test file, in that one; a function that the row names under
a heading "function" must stand in the file. Each tag in a comment of CODE_FOLDERS must have a row.
"""

import pathlib
import re
import sys

TABLES = ("snn/EQUATIONS.md", "frontend/EQUATIONS.md")
CODE_FOLDERS = ("snn/neuron", "snn/scan", "snn/backend", "frontend/lyon", "frontend/encode")

TAG = re.compile(r"\[([A-Z]\w*) ([A-Za-z][^\]\[\n]*)\]")
PATH = re.compile(r"[\w./-]+\.(?:h|cpp|cuh|cu)\b")
TEST_CASE = re.compile(r'\b(?:TEST_CASE|TEMPLATE_TEST_CASE(?:_SIG)?|SCENARIO)\s*\(((?:\s*,?\s*"(?:\\.|[^"\\])*")+)')


class Row:
    def __init__(self, table, line, tags, code_files, test_files, functions):
        self.place = f"{table}:{line}"
        self.tags, self.code_files, self.test_files, self.functions = tags, code_files, test_files, functions


def tags_in(text):
    return [match[0] for match in TAG.finditer(text)]


def cells_of(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


class Checker:
    def __init__(self, root):
        self.root = root
        self.findings = []
        self.tests = {}  # test file -> text of the names and tags of its test cases
        for path in sorted((root / "tests").rglob("*.cpp")):
            names = TEST_CASE.findall(path.read_text(encoding="utf-8"))
            self.tests[path.relative_to(root).as_posix()] = "\n".join(re.sub(r'"\s*"', "", each) for each in names)

    def resolve(self, table, name):
        """The file that a row means, as a path from the root; None if there is none."""
        for candidate in (self.root / name, self.root / pathlib.Path(table).parent / name):
            if candidate.is_file():
                return candidate.relative_to(self.root).as_posix()
        return None

    def rows(self, table):
        header = []
        for number, line in enumerate((self.root / table).read_text(encoding="utf-8").split("\n"), 1):
            if not line.lstrip().startswith("|"):
                header = []
                continue
            cells = cells_of(line)
            if not header:
                header = [cell.lower() for cell in cells]
                continue
            tags = tags_in(cells[0])
            if not tags:
                continue
            files = []
            for name in PATH.findall(line):
                files.append(self.resolve(table, name))
                if files[-1] is None:
                    self.findings.append(f"{table}:{number}: {name}: no such file")
            files = [each for each in files if each]
            functions = [word for title, cell in zip(header, cells) if title.startswith("function")
                         for word in re.findall(r"[A-Za-z_]\w+", cell)]
            yield Row(table, number, tags, [each for each in files if not each.startswith("tests/")],
                      [each for each in files if each.startswith("tests/")], functions)

    def check_row(self, row):
        if not row.code_files:
            self.findings.append(f"{row.place}: the row names no source file")
        texts = {path: (self.root / path).read_text(encoding="utf-8") for path in row.code_files}
        for tag in row.tags:
            for path, text in texts.items():
                if tag not in text:
                    self.findings.append(f"{row.place}: {tag} does not stand in {path}")
            if not any(tag in names for names in self.tests.values()):
                self.findings.append(f"{row.place}: {tag} stands in no test name")
            for path in row.test_files:
                if tag not in self.tests.get(path, ""):
                    self.findings.append(f"{row.place}: {tag} stands in no test name of {path}")
        for function in row.functions:
            if texts and not any(re.search(rf"\b{function}\b", text) for text in texts.values()):
                self.findings.append(f"{row.place}: {function} does not stand in {', '.join(texts)}")

    def check_code(self, declared):
        sources = {tag.split(" ")[0] for tag in declared}
        for folder in CODE_FOLDERS:
            for path in sorted((self.root / folder).rglob("*")):
                if path.suffix not in (".h", ".cpp", ".cuh"):
                    continue
                for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
                    _, _, comment = line.partition("//")
                    for tag in tags_in(comment):
                        # One letter before a space is an index more often than a paper: [N rows].
                        is_source = len(tag.split(" ")[0]) > 2 or tag.split(" ")[0] in sources
                        if is_source and tag not in declared:
                            self.findings.append(f"{path.relative_to(self.root).as_posix()}:{number}: {tag} has no row in EQUATIONS.md")

    def check(self):
        declared = set()
        for table in TABLES:
            if not (self.root / table).is_file():
                self.findings.append(f"{table}:0: no such table")
                continue
            for row in self.rows(table):
                declared.update(row.tags)
                self.check_row(row)
        self.check_code(declared)
        return len(declared)


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent
    if len(sys.argv) > 2 or not any((root / folder).is_dir() for folder in CODE_FOLDERS):
        print(f"check_equations.py: {root}: no sources here; usage: check_equations.py [ROOT]", file=sys.stderr)
        return 2
    checker = Checker(root)
    n_tags = checker.check()
    print("\n".join(checker.findings) or f"{n_tags} tags stand in table, source and test")
    print(f"check_equations.py: {len(checker.findings)} findings", file=sys.stderr)
    return 1 if checker.findings else 0


if __name__ == "__main__":
    sys.exit(main())
