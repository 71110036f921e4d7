"""datasets/arabic-commands/run.sh and scripts/reproduce arabic on made-up tones in the published layout, with and without the test
part. Usage: test_reproduce_arabic.py FOLDER_OF_THE_TOOLS"""

import json
import pathlib
import subprocess
import sys
import tempfile
import random
import unittest

from test_reproduce import ENVIRONMENT, ROOT, write_tone

SPEAKERS = {"train": range(1, 5), "val": range(5, 7), "test": range(7, 9)}
SETTING = "best-8-8-8-2epochs"


class Arabic(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.corpus = self.root / "arabic-commands"
        noise = random.Random(1)
        for part, speakers in SPEAKERS.items():
            rows = []
            for i, word in enumerate(("rotate", "zoom in")):
                (self.corpus / word).mkdir(parents=True, exist_ok=True)
                for speaker in speakers:
                    for round_of_word in (1, 2, 3):
                        rows.append(f"{word}/{speaker:08}_NO_{round_of_word:02}.wav,{word}\n")
                        write_tone(self.corpus / rows[-1].split(",")[0], 300 + 900 * i + 40 * speaker, noise)
            (self.corpus / f"{part}.csv").write_text("file,class\n" + "".join(rows))

    def run_script(self, script, *words, code=0):
        done = subprocess.run([str(word) for word in (ROOT / script, *words)], env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=200, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout

    def reproduce(self, *words):
        return self.run_script("scripts/reproduce", "arabic", "--data", self.root, "--out", self.root / "out", "--quick", "--hidden", "8-8-8",
                               "--rows", "ff", "--jobs", 1, *words)

    def result(self):
        return json.loads((self.root / "out/quick/arabic" / SETTING / "ff-s1.json").read_text())

    def test_table_with_and_without_the_test_part(self):
        (self.corpus / "test.csv").rename(self.root / "kept.csv")
        table = self.reproduce()
        self.assertIn("No test part was there", table)
        self.assertIn("\n| ridge on frames | – | ", table)
        run = self.result()
        self.assertNotIn("test", run)
        self.assertEqual(run["validation"]["last"]["n_total"], 12)
        self.assertEqual(run["validation"]["best"]["accuracy"], run["valid"]["best"])

        # The test part comes: what was made without it is made again.
        (self.root / "kept.csv").rename(self.corpus / "test.csv")
        table = self.reproduce()
        self.assertNotIn("No test part was there", table)
        self.assertIn("| validation, best epoch, % |", table)
        self.assertEqual(set(self.result()["test"]["best"]["per_speaker"]), {"07", "08"})

    def test_the_whole_route(self):
        out = self.root / "lists"
        text = self.run_script("datasets/arabic-commands/run.sh", self.corpus, "-o", out, "--", "--hidden", "8", "--no-skip", "--epochs", "1")
        self.assertEqual(text.count("of 12"), 2, text)
        self.assertIn("valid_accuracy", (out / "training.jsonl").read_text())

    def test_learning_curve(self):
        out = self.root / "curve"
        words = (self.corpus, "-o", out, "--people", "1:2 3:1", "--seeds", 2, "--", "--hidden", "8", "--no-skip")
        table = self.run_script("datasets/arabic-commands/curve", *words)
        self.assertRegex(table, r"\| 1 \| 2 \| 2 \| [\d.]+ ± [\d.]+ \|\n\| 3 \| 1 \| 2 \| ")
        report = json.loads((out / "3-2/report.json").read_text())
        self.assertEqual(report["n_total"], 12)
        self.assertEqual(len({line.split("\t")[2] for line in (out / "3-2/train.tsv").read_text().splitlines()[1:]}), 3)
        self.assertEqual(self.run_script("datasets/arabic-commands/curve", *words), table)  # nothing is run again


if __name__ == "__main__":
    unittest.main()
