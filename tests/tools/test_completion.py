#!/usr/bin/env python3
"""Tries the completion made from a tool's --help in the shells that are there.

usage: test_completion.py MAKE_COMPLETION PROBE_TOOL TOOL...
"""
import argparse
import importlib.util
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

MAKE, PROBE, TOOLS = sys.argv[1], sys.argv[2], sys.argv[3:]
SPEC = importlib.util.spec_from_file_location("make_completion", MAKE)
make_completion = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(make_completion)


def run(*command, text=None, **options):
    return subprocess.run(command, input=text, check=True, stdout=subprocess.PIPE, text=True, **options).stdout


class Completion(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.out = pathlib.Path(cls.folder.name)
        subprocess.run([sys.executable, MAKE, PROBE, *TOOLS, "--out", cls.out], check=True)
        cls.names = [pathlib.Path(tool).name for tool in (PROBE, *TOOLS)]

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def complete_in_bash(self, *words, tool="probe_tool", cwd=None):
        function = "_" + tool.replace("-", "_")
        script = (f"source {self.out}/bash/{tool}; COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; "
                  f"{function}; printf '%s\\n' \"${{COMPREPLY[@]}}\"")
        return sorted(run("bash", "-c", script, cwd=cwd or self.out).split())

    def folder_of_files(self, *names):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.out))
        for name in names:
            (folder / name).touch()
        (folder / "folder").mkdir()
        return folder

    def test_help_is_understood(self):
        entries, arguments = make_completion.parse_help(run(PROBE, "--help"))
        options = {name: option for option in entries for name in option.names}
        self.assertEqual(sorted(options), ["--bip", "--config", "--count", "--help", "--input", "--name", "--no-bip",
                                           "--no-name", "--output", "--preset", "--quiet", "--rate", "--seed",
                                           "--sizes", "--version", "-h", "-i", "-o", "-q"])
        self.assertEqual(options["--count"].help, "How many [1]")
        self.assertEqual(options["--rate"].help, "How fast (Hz) [0.5]")
        self.assertEqual(options["--preset"].choices, ["fast", "slow"])
        values = {name: option.value for name, option in options.items() if option.value}
        self.assertEqual(values, {"--config": "FILE", "--count": "INT", "--input": "TEXT", "-i": "TEXT", "--name": "TEXT",
                                  "--output": "TEXT", "-o": "TEXT", "--preset": "{fast,slow}", "--rate": "FLOAT",
                                  "--seed": "UINT", "--sizes": "INT"})
        self.assertEqual([(argument.value, argument.help) for argument in arguments], [("ACTION", "What to do")])

    def test_help_of_argparse_is_understood(self):
        parser = argparse.ArgumentParser(prog="draw", description="Draws.", epilog="Example:\n  draw -o a.svg")
        parser.add_argument("stream", help="what to draw")
        parser.add_argument("logs", nargs="*", metavar="LOG", help="of trainings")
        parser.add_argument("-o", "--output", metavar="FILE", help="picture to write")
        parser.add_argument("--kind", choices=["raster", "curve"], help="what to show, in a help that is longer than one line of it")
        parser.add_argument("--html", action="store_true", help="one page")
        entries, arguments = make_completion.parse_help(parser.format_help())
        self.assertEqual([(entry.names, entry.value, entry.choices) for entry in entries],
                         [(["-h", "--help"], "", []), (["-o", "--output"], "FILE", []),
                          (["--kind"], "{raster,curve}", ["raster", "curve"]), (["--html"], "", [])])
        self.assertEqual(entries[2].help, "what to show, in a help that is longer than one line of it")
        self.assertEqual([(each.value, each.is_list) for each in arguments], [("STREAM", False), ("LOG", True)])

    def test_every_option_of_every_tool_has_its_help(self):
        for tool in TOOLS:
            options, arguments = make_completion.parse_help(run(tool, "--help"))
            self.assertTrue(arguments, tool)
            for entry in options + arguments:
                self.assertTrue(entry.help, (tool, entry.names))
            for option in options:
                self.assertFalse(option.value and option.names[-1].startswith("--no-"), (tool, option.names))

    def test_documents_that_a_help_names_are_installed(self):
        root = pathlib.Path(MAKE).resolve().parents[2]
        installed = re.search(r"install\(FILES (.*) DESTINATION \$\{CMAKE_INSTALL_DOCDIR\}\)", (root / "CMakeLists.txt").read_text())[1]
        headings = re.findall(r"(?m)^#+ (.*)$", (root / "README.md").read_text())
        n_named = 0
        for tool in TOOLS:
            for name, heading in re.findall(r"([\w./-]+\.md)(?:: ([^)]*))?", run(tool, "--help")):
                self.assertIn(name, installed.split(), tool)
                self.assertIn(heading, headings, tool)
                n_named += 1
        self.assertGreater(n_named, 0)

    def test_parameters_with_few_values_are_completed(self):
        found = {name: option.choices for tool in TOOLS for option in make_completion.parse_help(run(tool, "--help"))[0]
                 for name in option.names}
        self.assertIn("best", found["--preset"])
        self.assertIn("paper-digits", found["--preset"])
        self.assertEqual(found["--rule"], ["step", "surrogate", "layer", "spike-train"])
        self.assertEqual(found["--clip-scope"], ["global", "array"])
        self.assertEqual(found["--method"], ["bsa", "level-crossing", "lif", "poisson"])
        self.assertEqual(found["--augment-noise"], ["white", "pink"])
        for name in ("--loss", "--schedule", "--valid-by", "--device", "--isa", "--precision", "--time-unit", "--from"):
            self.assertTrue(found[name], name)

    def test_bash(self):
        (self.out / "sound.wav").touch()
        self.assertEqual(self.complete_in_bash("probe_tool", "--co"), ["--config", "--count"])
        self.assertEqual(self.complete_in_bash("probe_tool", "--preset", "''"), ["fast", "slow"])
        self.assertEqual(self.complete_in_bash("probe_tool", "--preset", "s"), ["slow"])
        self.assertEqual(self.complete_in_bash("probe_tool", "-i", "so"), ["sound.wav"])
        self.assertEqual(self.complete_in_bash("probe_tool", "so"), ["sound.wav"])

    def test_bash_after_an_equals_sign(self):
        self.assertEqual(self.complete_in_bash("probe_tool", "--preset", "="), ["fast", "slow"])
        self.assertEqual(self.complete_in_bash("probe_tool", "--preset", "=", "s"), ["slow"])

    def test_bash_offers_files_of_the_kind_that_is_wanted(self):
        folder = self.folder_of_files("a.tar", "b.model", "c.wav", "d.tsv", "e.txt")

        def after(tool, *words):
            return self.complete_in_bash(tool, *words, "''", tool=tool, cwd=folder)

        self.assertEqual(after("ossicle-train"), ["a.tar", "folder"])
        self.assertEqual(after("ossicle-train", "--init"), ["b.model", "folder"])
        self.assertEqual(after("ossicle-lyon"), ["c.wav", "folder"])
        self.assertEqual(after("ossicle-lyon", "--list"), ["d.tsv", "folder"])
        self.assertEqual(after("ossicle-lyon", "--root"), ["folder"])
        self.assertEqual(after("ossicle-predict"), ["a.tar", "b.model", "c.wav", "folder"])
        self.assertEqual(after("ossicle-train", "--epochs"), [])
        everything = ["a.tar", "b.model", "c.wav", "d.tsv", "e.txt", "folder"]
        self.assertEqual(after("ossicle-info"), everything)
        # Where none ends as it should, all are offered.
        self.assertEqual(self.complete_in_bash("ossicle-train", "e", tool="ossicle-train", cwd=folder), ["e.txt"])

    def test_every_shell_accepts_its_files(self):
        for name in self.names:
            run("bash", "-n", self.out / "bash" / name)
            if shutil.which("zsh"):
                run("zsh", "-n", self.out / "zsh" / f"_{name}")
            if shutil.which("fish"):
                run("fish", "--no-execute", self.out / "fish" / f"{name}.fish")

    @unittest.skipUnless(shutil.which("fish"), "no fish here")
    def test_fish(self):
        script = f"source {self.out}/fish/probe_tool.fish; complete -C 'probe_tool --pre'; complete -C 'probe_tool --preset '"
        found = [line.split("\t")[0] for line in run("fish", "--no-config", "-c", script).splitlines()]
        self.assertEqual(found, ["--preset", "fast", "slow"])
        folder = self.folder_of_files("a.txt", "b.tar")
        script = f"source {self.out}/fish/ossicle-train.fish; complete -C 'ossicle-train --valid '"
        found = [line.split("\t")[0] for line in run("fish", "--no-config", "-c", script, cwd=folder).splitlines()]
        self.assertEqual(found, ["b.tar", "folder/", "a.txt"])

    @unittest.skipUnless(shutil.which("zsh"), "no zsh here")
    def test_zsh(self):
        # Completion itself needs a terminal; what is seen here is what zsh hands to its _arguments.
        script = f"_arguments() {{ print -rl -- \"$@\"; }}; source {self.out}/zsh/_probe_tool"
        found = run("zsh", "-f", "-c", script).splitlines()
        self.assertIn("--preset[Set of values]:value:(fast slow)", found)
        self.assertIn("-i[File to read \\[-\\]]:TEXT:_files", found)
        self.assertIn("--no-bip[Switch]", found)
        self.assertEqual(found[-1], ":ACTION:_files")
        script = f"_arguments() {{ print -rl -- \"$@\"; }}; source {self.out}/zsh/_ossicle-eval"
        self.assertEqual(run("zsh", "-f", "-c", script).splitlines()[-2:],
                         [':MODEL:_files -g "*.(model|safetensors|best)"', '*:STREAM:_files -g "*.(tar)"'])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
