"""scripts/reproduce 5 from a file in the layout of N-TIDIGITS18 to its table. Usage: test_reproduce_events.py FOLDER_OF_THE_TOOLS"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TOOLS = pathlib.Path(sys.argv.pop() if len(sys.argv) > 1 else ".").resolve()
ENVIRONMENT = {**os.environ, "PATH": f"{TOOLS}:{os.environ['PATH']}"}

try:
    import h5py  # noqa: F401, what makes the file needs it
except ImportError as error:
    print(f"SKIPPED: {error}; apt-get install python3-h5py")
    sys.exit(0)


class ReproduceEvents(unittest.TestCase):
    def run_script(self, script, *words):
        done = subprocess.run([sys.executable, "-B", str(ROOT / script), *map(str, words)], env=ENVIRONMENT, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=250, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_table_5(self):
        """Of each digit every speaker has one recording in the training, as in the corpus."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        root = pathlib.Path(folder.name)
        self.run_script("datasets/n-tidigits/make", root / "n-tidigits.hdf5", "--per-part", 220, "--sequences", 0, "--events", 300)
        words = ("5", "--data", root, "--out", root / "out", "--rows", "ff", "--hidden", "8-8-8", "--jobs", 2, "--quick")
        table = self.run_script("scripts/reproduce", *words)
        self.assertIn("\n| feed-forward | 1 | ", table)
        self.assertIn("\n| ridge on frames | 1 | ", table)
        run = json.loads((root / "out/quick/5/best-8-8-8-2epochs/ff-s1.json").read_text())
        self.assertEqual(run["test"]["best"]["n_total"], 220)
        # 20 speakers, 11 digits: a tenth of each digit's 20 is two.
        self.assertEqual([round(22 * accuracy, 6) % 1 for accuracy in run["valid"]["by_epoch"]], [0, 0])
        # A table of the ridge alone.
        (root / "out/quick/5/best-8-8-8-2epochs/ff-s1.json").unlink()
        self.assertIn("\n| ridge on frames | 1 | ", self.run_script("scripts/reproduce", *words, "--summary"))


if __name__ == "__main__":
    unittest.main()
