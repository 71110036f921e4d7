"""scripts/reproduce 5 and shd from files in the layouts of N-TIDIGITS18 and SHD to their tables. Usage: test_reproduce_events.py FOLDER_OF_THE_TOOLS"""

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
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def run_script(self, script, *words):
        done = subprocess.run([sys.executable, "-B", str(ROOT / script), *map(str, words)], env=ENVIRONMENT, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=250, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def reproduce(self, table, *words):
        return self.run_script("scripts/reproduce", table, "--data", self.root, "--out", self.root / "out", "--rows", "ff", "--hidden", "8-8-8",
                               "--jobs", 2, "--quick", *words)

    def result(self, path):
        return json.loads((self.root / "out/quick" / path).read_text())

    def test_table_5(self):
        """Of each digit every speaker has one recording in the training, as in the corpus."""
        self.run_script("datasets/n-tidigits/make", self.root / "n-tidigits.hdf5", "--per-part", 220, "--sequences", 0, "--events", 300)
        table = self.reproduce("5")
        self.assertIn("\n| feed-forward | 8-8-8 | ", table)
        self.assertIn("\n| ridge on frames | ", table)
        run = self.result("5/best-8-8-8-2epochs/ff-s1.json")
        self.assertEqual(run["test"]["best"]["n_total"], 220)
        # 20 speakers, 11 digits: a tenth of each digit's 20 is two.
        self.assertEqual([round(22 * accuracy, 6) % 1 for accuracy in run["valid"]["by_epoch"]], [0, 0])
        # A table of the ridge alone.
        (self.root / "out/quick/5/best-8-8-8-2epochs/ff-s1.json").unlink()
        self.assertIn("\n| ridge on frames | ", self.reproduce("5", "--summary"))

        # The official split is of speakers: 10 of them are in the test alone.
        self.reproduce("5", "--split", "official")
        official = self.result("5/best-8-8-8-2epochs-official/ff-s1.json")["test"]["best"]["per_speaker"]
        self.assertEqual((len(official), len(run["test"]["best"]["per_speaker"])), (10, 20))

    def test_shd(self):
        """Words of two speakers are in the test alone, as in the corpus."""
        self.run_script("datasets/shd/make", self.root / "shd", "--per-part", 100, "--events", 300)
        self.assertIn("# Spiking Heidelberg Digits", self.reproduce("shd"))
        run = self.result("shd/best-8-8-8-2epochs/ff-s1.json")
        self.assertEqual(run["test"]["best"]["n_total"], 100)
        self.assertGreater(len(run["test"]["best"]["per_speaker"]), 10)


if __name__ == "__main__":
    unittest.main()
