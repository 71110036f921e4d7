"""datasets/fsdd/search on made-up tones: every setting and fold once, the table from the logs. Usage: test_fsdd_search.py FOLDER_OF_THE_TOOLS"""

import json
import pathlib
import statistics
import subprocess
import tempfile
import unittest

from test_reproduce import ENVIRONMENT, ROOT, write_corpus

SPEAKERS = ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")
FOLDS = ("official", "george-jackson", "lucas-nicolas", "theo-yweweler")


class Search(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        write_corpus(self.root / "fsdd", SPEAKERS, range(4, 17), 40)  # one to test, ten to validate, two to train
        self.settings = self.root / "settings.tsv"
        self.settings.write_text("# a comment\nfew\t--hidden 8 --no-skip --epochs 1\nmore\t--hidden 8 --no-skip --epochs 2 --lr 0.01\n")

    def search(self, *words, code=0):
        command = [ROOT / "datasets/fsdd/search", *words, "-o", self.root / "out", "--jobs", "2"]
        done = subprocess.run(list(map(str, command)), env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=200,
                              check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def accuracies(self, name, fold):
        logs = [self.root / f"out/runs/{name}-{fold}-{seed}.jsonl" for seed in (1, 2)]
        return [100 * json.loads(log.read_text().splitlines()[-1])["valid_accuracy"] for log in logs]

    def test_table(self):
        table = self.search(self.root / "fsdd", self.settings, "--seeds", 2).stdout.splitlines()
        self.assertEqual(len(table), 4)
        cells = [cell.strip() for cell in table[3].strip("|").split("|")]
        self.assertEqual(cells[:3], ["more", "`--hidden 8 --no-skip --epochs 2 --lr 0.01`", "2"])
        by_fold = {fold: self.accuracies("more", fold) for fold in FOLDS}
        unseen = [statistics.mean(by_fold[fold][i] for fold in FOLDS[1:]) for i in (0, 1)]
        wanted = [f"{statistics.mean(values):.2f} ± {statistics.stdev(values):.2f}"
                  for values in (by_fold["official"], unseen, *(by_fold[fold] for fold in FOLDS[1:]))]
        self.assertEqual(cells[3:], wanted)

        lines = {path.name: len(path.read_text().splitlines()) for path in (self.root / "out/runs").glob("*.jsonl")}
        self.assertEqual(lines, {f"{name}-{fold}-{seed}.jsonl": epochs for name, epochs in (("few", 1), ("more", 2)) for fold in FOLDS
                                 for seed in (1, 2)})
        valid = (self.root / "out/streams/lucas-nicolas/valid.tsv").read_text().splitlines()[1:]
        self.assertEqual({line.split("\t")[2] for line in valid}, {"lucas", "nicolas"})
        self.assertEqual(len(valid), 2 * 2 * 12)  # without the official test
        before = {path: path.stat().st_mtime_ns for path in (self.root / "out/runs").iterdir()}
        self.search(self.root / "fsdd", self.settings, "--seeds", 2)
        self.assertEqual(before, {path: path.stat().st_mtime_ns for path in (self.root / "out/runs").iterdir()})

    def test_a_name_keeps_its_options(self):
        self.settings.write_text("a\t--hidden 8 --no-skip --epochs 1\n")
        self.search(self.root / "fsdd", self.settings)
        self.settings.write_text("a\t--hidden 8 --no-skip --epochs 2\n")
        self.assertIn("another name", self.search(self.root / "fsdd", self.settings, code=1).stderr)

    def test_a_run_that_fails(self):
        self.settings.write_text("wrong\t--hidden -8\n")
        done = self.search(self.root / "fsdd", self.settings, code=1)
        self.assertIn("| wrong | `--hidden -8` | 0 |", done.stdout)

    def test_without_settings(self):
        self.assertIn("usage", self.search(self.root / "fsdd", self.root / "none", code=2).stderr)


if __name__ == "__main__":
    unittest.main()
