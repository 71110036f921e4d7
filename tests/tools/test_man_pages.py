#!/usr/bin/env python3
"""The manual pages that help2man makes of the tools' --help, as they stand in the roff and as groff shows them.

usage: test_man_pages.py BUILD_DIR TOOL...
"""
import gzip
import importlib.util
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

BUILD_DIR, TOOLS = pathlib.Path(sys.argv[1]), [pathlib.Path(tool) for tool in sys.argv[2:]]
SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "scripts"


def module(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


make_completion = module(SCRIPTS / "completion" / "make_completion.py")
make_man_page = module(SCRIPTS / "man" / "make_man_page.py")


def run(*command, text=None):
    """What it prints; what it says on standard error is an error too."""
    result = subprocess.run(command, input=text, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if result.stderr:
        raise AssertionError(f"{command}: {result.stderr}")
    return result.stdout


def shown(roff):
    """The page as a terminal of 200 columns shows it, without bold and the like."""
    return run("groff", "-man", "-Tutf8", "-P-cbou", "-rLL=200n", "-ww", text=roff)


class ManPages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for program in ("groff", "help2man"):
            if not shutil.which(program):
                print(f"SKIPPED: no {program} here")
                raise unittest.SkipTest(f"no {program} here")

    def page(self, tool):
        return gzip.decompress((BUILD_DIR / "scripts" / "man" / "man1" / f"{tool.name}.1.gz").read_bytes()).decode()

    def test_every_tool_has_a_page_with_the_usual_sections(self):
        self.assertGreater(len(TOOLS), 7)
        for tool in TOOLS:
            sections = re.findall(r"(?m)^\.SH (.*)$", self.page(tool))
            self.assertEqual([each.strip('"') for each in sections],
                             ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SEE ALSO"], tool)

    def test_groff_finds_nothing_wrong_and_shows_every_option_on_a_line(self):
        for tool in TOOLS:
            text = shown(self.page(tool))
            lines = re.findall(r"(?m)^ {7}(\S.*)$", text)
            options, arguments = make_completion.parse_help(run(tool, "--help"))
            for option in options:
                begin = ", ".join(option.names)
                found = [line for line in lines if re.match(re.escape(begin) + r"( |$)", line)]
                self.assertEqual(len(found), 1, (tool, begin))
                self.assertEqual("{" + ",".join(option.choices) + "}" in found[0], bool(option.choices), found)
            for argument in arguments:
                self.assertTrue(any(re.match(rf"{argument.value}\b", line) for line in lines), (tool, argument.value))

    def test_what_ossicle_train_shows(self):
        text = shown(self.page(BUILD_DIR / "tools" / "ossicle-train"))
        self.assertIn("ossicle-train - trains a skip-connected self-recurrent spiking network on streams of utterances\n", text)
        self.assertIn("ossicle-train [OPTIONS] [STREAM...]\n", text)
        self.assertRegex(text, r"\n +--epochs INT\n +Number of epochs; 1 to 1000000000 \[20\]\n")
        self.assertIn(" ossicle-lyon --list train.tsv | ossicle-train -o digits.model --epochs 30\n", text)
        see_also = text.split("SEE ALSO")[1]
        self.assertIn("ossicle-predict(1)", see_also)
        self.assertNotIn("ossicle-train(1)", see_also)

    def test_a_program_of_argparse(self):
        with tempfile.TemporaryDirectory() as folder:
            tool = pathlib.Path(folder) / "draw"
            tool.write_text("#!/usr/bin/env python3\nimport argparse\n"
                            "parser = argparse.ArgumentParser(description='Draws a stream: its frames.')\n"
                            "parser.add_argument('stream', metavar='STREAM', help='what to draw')\n"
                            "parser.add_argument('-o', '--output', metavar='FILE', help='picture')\n"
                            "parser.add_argument('--version', action='version', version='draw 1')\nparser.parse_args()\n")
            tool.chmod(0o755)
            text = shown(make_man_page.page(tool, "help2man", ["paint"]))
        self.assertRegex(text, r"draw - draws a stream\n\nSYNOPSIS\n +draw \[-h\] \[-o FILE\] \[--version\] STREAM\n")
        self.assertRegex(text, r"\n +-o FILE, --output FILE\n +picture\n")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
