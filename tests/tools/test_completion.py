#!/usr/bin/env python3
"""Tries the completion made from a tool's --help in the shells that are there.

usage: test_completion.py MAKE_COMPLETION PROBE_TOOL TOOL...
"""
import importlib.util
import pathlib
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

    def complete_in_bash(self, *words):
        script = (f"source {self.out}/bash/probe_tool; COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; "
                  "_probe_tool; printf '%s\\n' \"${COMPREPLY[@]}\"")
        return sorted(run("bash", "-c", script, cwd=self.out).split())

    def test_help_is_understood(self):
        options = {name: option for option in make_completion.parse_help(run(PROBE, "--help"))
                   for name in option.names}
        self.assertEqual(sorted(options), ["--bip", "--config", "--count", "--help", "--input", "--name", "--no-bip",
                                           "--no-name", "--output", "--preset", "--quiet", "--rate", "--seed",
                                           "--sizes", "--version", "-h", "-i", "-o", "-q"])
        self.assertEqual(options["--count"].help, "How many")
        self.assertEqual(options["--rate"].help, "How fast (Hz)")
        self.assertEqual(options["--preset"].choices, ["fast", "slow"])
        takes_value = {name for name, option in options.items() if option.takes_value}
        self.assertEqual(takes_value, {"--config", "--count", "--input", "-i", "--name", "--output", "-o",
                                       "--preset", "--rate", "--seed", "--sizes"})

    def test_every_option_of_every_tool_has_its_help(self):
        for tool in TOOLS:
            for option in make_completion.parse_help(run(tool, "--help")):
                self.assertTrue(option.help, (tool, option.names))
                self.assertFalse(option.takes_value and option.names[-1].startswith("--no-"), (tool, option.names))

    def test_parameters_with_few_values_are_completed(self):
        found = {name: option.choices for tool in TOOLS for option in make_completion.parse_help(run(tool, "--help"))
                 for name in option.names}
        self.assertIn("best", found["--preset"])
        self.assertIn("paper-digits", found["--preset"])
        self.assertEqual(found["--rule"], ["step", "surrogate", "layer", "spike-train"])
        self.assertEqual(found["--clip-scope"], ["global", "array"])
        self.assertEqual(found["--method"], ["bsa", "level-crossing", "lif", "poisson"])
        self.assertEqual(found["--augment-noise"], ["white", "pink"])
        for name in ("--loss", "--schedule", "--valid-by", "--device", "--isa", "--precision", "--time-unit"):
            self.assertTrue(found[name], name)

    def test_bash(self):
        (self.out / "sound.wav").touch()
        self.assertEqual(self.complete_in_bash("probe_tool", "--co"), ["--config", "--count"])
        self.assertEqual(self.complete_in_bash("probe_tool", "--preset", "''"), ["fast", "slow"])
        self.assertEqual(self.complete_in_bash("probe_tool", "--preset", "s"), ["slow"])
        self.assertEqual(self.complete_in_bash("probe_tool", "-i", "so"), ["sound.wav"])
        self.assertEqual(self.complete_in_bash("probe_tool", "so"), ["sound.wav"])

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

    @unittest.skipUnless(shutil.which("zsh"), "no zsh here")
    def test_zsh(self):
        # Completion itself needs a terminal; what is seen here is what zsh hands to its _arguments.
        script = f"_arguments() {{ print -rl -- \"$@\"; }}; source {self.out}/zsh/_probe_tool"
        found = run("zsh", "-f", "-c", script).splitlines()
        self.assertIn("--preset[Set of values]:value:(fast slow)", found)
        self.assertIn("-i[File to read]:value:_files", found)
        self.assertIn("--no-bip[Switch]", found)
        self.assertEqual(found[-1], "*:file:_files")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
