"""A small source tree in a temporary folder, and the scripts of this project run on it."""

import os
import pathlib
import subprocess
import sys
import tempfile
import textwrap
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class TreeTest(unittest.TestCase):
    """Files written by `write` live in self.root until the test ends."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def write(self, files):
        for path, text in files.items():
            target = self.root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(textwrap.dedent(text), encoding="utf-8")

    def run_script(self, script, *arguments, env=None):
        """The finished process of a Python script of the project; `script` is its path from the root."""
        return subprocess.run([sys.executable, str(ROOT / script), *map(str, arguments)], capture_output=True, text=True,
                              timeout=120, check=False, env=env)

    def check_help_without_numpy(self, script, shown, *arguments):
        """`shown` stands in its --help; with the arguments of a real run it says what is missing."""
        self.write({"without/numpy.py": "raise ImportError('none')\n"})
        env = {**os.environ, "PYTHONPATH": str(self.root / "without"), "PYTHONDONTWRITEBYTECODE": "1"}
        asked = self.run_script(script, "--help", env=env)
        self.assertEqual((asked.returncode, asked.stderr), (0, ""))
        self.assertIn(shown, asked.stdout)
        refused = self.run_script(script, *arguments, env=env)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn(f"{pathlib.Path(script).name}: no NumPy for", refused.stderr)
