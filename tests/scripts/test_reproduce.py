"""scripts/reproduce without the tools: what it plans, what it finds, what it sums up."""

import argparse
import json
import shutil
import sys
import unittest

from tree import ROOT, TreeTest

sys.path.insert(0, str(ROOT / "scripts/tables"))
import corpora  # noqa: E402
from plan import runs_of_table  # noqa: E402

ROWS = ["ff", "sr", "sr-bip", "srsc", "srsc-bip"]
NETS = ["cnn", "gru"]  # the baselines that have a row for each seed
SETTING = {"preset": "best", "hidden": "128-128-128", "epochs": 20, "valid_fraction": None, "extra": []}
FOLDER = "best-128-128-128-20epochs"


class Reproduce(TreeTest):
    def setUp(self):
        super().setUp()
        self.write({f"data/fsdd/recordings/{digit}_{speaker}_{index}.wav": "" for digit in range(2) for speaker in ("ann", "bob", "cy")
                    for index in range(8)})

    def reproduce(self, *arguments, code=0):
        done = self.run_script("scripts/reproduce", *arguments[:1], "--out", self.root / "out", *arguments[1:])
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def plan(self, table, *arguments):
        """[(id, words of the command)]"""
        lines = self.reproduce(table, "--list", "--data", self.root / "data", *arguments).stdout.splitlines()
        return [(line.split("\t")[0], line.split("\t")[1].split()) for line in lines]

    def result(self, table, row, seed, last=None, best=None, fold="", on_test=None, **more):
        """A result file as a run leaves it, of what a summary reads."""
        protocol = "on-test" if on_test is not None else "valid"
        test = {figure: {"accuracy": value} for figure, value in (("last", last), ("best", best)) if value is not None}
        result = {"table": table, "fold": fold, "row": row, "seed": seed, "protocol": protocol, "setting": SETTING, "commit": "abc",
                  "machine": "some processor", "cpu_seconds": 1800, **({"test": test} if test else {}), **more}
        if on_test is not None:
            result["test_by_epoch"] = {"best": on_test}
        self.write({f"out/{table}/{FOLDER}/{fold}{row}-s{seed}-{protocol}.json": json.dumps(result)})

    def cells(self, text, row, n=0):
        """Of the n-th line that begins with this row's title."""
        return [line.split(" | ") for line in text.splitlines() if line.startswith(f"| {row} |")][n]


class Plan(Reproduce):
    def test_ids_and_order(self):
        ids = [each for each, _ in self.plan("fsdd", "--seeds", 2)]
        self.assertEqual(ids, ["fsdd/ridge/ridge-s1"] + [f"fsdd/{row if row in NETS else FOLDER}/{row}-s{seed}" for seed in (1, 2)
                                                         for row in ROWS + NETS])
        some = [each for each, _ in self.plan("fsdd", "--seeds", 2, "--rows", "srsc-bip,ff")]
        self.assertEqual(some[1:], [f"fsdd/{FOLDER}/{row}-s{seed}" for seed in (1, 2) for row in ("ff", "srsc-bip")])
        one = [each for each, _ in self.plan("fsdd", "--seeds", 1, "--rows", "gru")]
        self.assertEqual(one[1:], ["fsdd/gru/gru-s1"])
        self.assertIn("wanted some of", self.reproduce("fsdd", "--list", "--rows", "lstm", code=2).stderr)
        unseen = [each for each, _ in self.plan("fsdd-unseen", "--seeds", 1, "--epochs", 7, "--hidden", "8-9-10")]
        speakers = ("ann", "bob", "cy")
        self.assertEqual(unseen, [f"fsdd-unseen/ridge/{speaker}-ridge-s1" for speaker in speakers] +
                         [f"fsdd-unseen/best-8-9-10-7epochs/{speaker}-{row}-s1" for speaker in speakers for row in ROWS] +
                         [f"fsdd-unseen/{row}/{speaker}-{row}-s1" for speaker in speakers for row in NETS])
        both = [each for each, _ in self.plan("fsdd", "--seeds", 1, "--best-on-test")]
        self.assertEqual(both[-7:-2], [f"fsdd/{FOLDER}/{row}-s1-on-test" for row in ROWS])

    def test_settings_do_not_share_a_folder(self):
        ids = [self.plan("fsdd", *more)[1][0].split("/")[1] for more in (
            (), ("--preset", "paper"), ("--valid-fraction", 0.2), ("--", "--warp", "0.1"), ("--", "--warp", "0.2"), ("--", "--warp=0.1"))]
        self.assertEqual(ids[:3], [FOLDER, "paper-100-100-100-400epochs", f"{FOLDER}-valid0.2"])
        self.assertEqual(len(set(ids)), len(ids))
        self.assertTrue(all(id.startswith(f"{FOLDER}-warp-0.") for id in ids[3:5]), ids)

    def test_commands(self):
        _, words = self.plan("fsdd", "--seeds", 1, "--", "--warp", "0.1")[1]
        self.assertEqual(words[:2], [str(ROOT / "scripts/reproduce"), "--run"])
        self.assertEqual(words[-3:], ["--", "--warp", "0.1"])
        self.assertNotIn("--list", words)
        self.assertIn("no such run", self.reproduce("fsdd", "--run", "0", "--data", self.root / "data", code=2).stderr)

    def test_flags(self):
        args = argparse.Namespace(preset="paper", hidden=None, epochs=None, quick=False, valid_fraction=None, extra=["--lr", "0.1"], seeds=2, rows=None,
                                  best_on_test=True)
        runs = {run.id.rsplit("/", 1)[1]: run.flags for run in runs_of_table(args, "5", [])}
        network = "--preset paper-n-tidigits --hidden 400,400,400 --epochs 400 --self-recurrent --skip 1:3 --bip --seed 2 --lr 0.1"
        self.assertEqual(" ".join(runs["srsc-bip-s2"]), f"{network} --valid-fraction 0.1 --valid-by token --valid-seed 2")
        self.assertEqual(" ".join(runs["srsc-bip-s2-on-test"]), network)
        self.assertIn("--no-self-recurrent --no-skip --no-bip --seed 1", " ".join(runs["ff-s1"]))
        self.assertIn("--self-recurrent --no-skip --bip", " ".join(runs["sr-bip-s1"]))
        args.preset, args.best_on_test = "best", False
        unseen = {(run.fold, run.row, run.seed): run.flags for run in runs_of_table(args, "fsdd-unseen", list("abcdef"))}
        held = ["--valid-fraction", "0.2", "--valid-by", "speaker", "--valid-seed", "2"]
        bip = unseen["f", "srsc-bip", 2]
        self.assertEqual((bip[:2], bip[-6:]), (["--preset", "best"], held))
        self.assertEqual(unseen["f", "cnn", 2], held)
        self.assertNotIn("--valid-fraction", " ".join(sum((run.flags for run in runs_of_table(args, "arabic", [])), [])))
        args.valid_fraction, args.rows = 0.0, ["ff", "cnn"]
        _, ff, cnn = runs_of_table(args, "fsdd", [])[:3]
        self.assertNotIn("--valid-fraction", ff.flags)
        self.assertEqual((cnn.id, cnn.flags), ("fsdd/cnn-valid0/cnn-s1", ["--valid-fraction", "0"]))
        self.assertEqual(runs_of_table(args, "fsdd", [])[0].flags[:2], ["--valid-fraction", "0.1"])  # ridge chooses by it


class Corpora(Reproduce):
    def test_what_is_there_and_what_is_not(self):
        done = self.reproduce("all", "--list", "--data", self.root / "data")
        self.assertIn("fsdd/", done.stdout)
        self.assertNotIn("\n3/", done.stdout)
        self.assertIn("table 3: left out, it needs TI46 (LDC93S9)", done.stderr)
        self.assertIn("table 5: left out, it needs N-TIDIGITS18", done.stderr)
        self.assertEqual("digits/" in done.stdout, bool(shutil.which("espeak-ng")))
        self.assertIn("table 4 needs TI46", self.reproduce("4", "--data", self.root / "data", code=2).stderr)

    def test_ti46_is_told_from_synthetic_speech(self):
        """Both have the same folders and names."""
        self.write({"data/disc/TI46/ti_alpha/train/f1/0af1set0.sph": "NIST_1A", "data/ours/ti20/train/f1/00f1set0.wav": "RIFF"})
        self.assertEqual(self.plan("3", "--seeds", 1, "--data", self.root / "data/disc")[1][0], "3/best-128-128-128-20epochs/ff-s1")
        self.reproduce("4", "--list", "--data", self.root / "data/ours", code=2)
        self.assertEqual(self.plan("digits", "--data", self.root / "data/ours")[1][0], f"digits/{FOLDER}/ff-s1")
        self.write({"plain/ti20/train/f1/00f1set0.wav": "NIST_1A"})
        self.assertEqual(corpora.find("4", [self.root / "plain"], self.root), self.root / "plain")
        self.assertNotEqual(corpora.find("digits", [self.root / "plain"], self.root), self.root / "plain")
        self.write({"data/ours/n-tidigits18.hdf5": ""})
        self.assertEqual(self.plan("5", "--data", self.root / "data/ours")[1][0], "5/best-128-128-128-20epochs/ff-s1")


class Summary(Reproduce):
    def test_a_table_by_hand(self):
        for seed, last, best in ((1, 0.90, 0.91), (2, 0.92, 0.93), (3, 0.94, 0.92)):
            self.result("fsdd", "ff", seed, last, best)
        for seed, last, best in ((1, 0.95, 0.98), (2, 0.97, 0.96)):  # the third seed is missing
            self.result("fsdd", "srsc-bip", seed, last, best)
        text = self.reproduce("fsdd", "--summary").stdout
        self.assertEqual(text, (self.root / "out/fsdd.md").read_text(encoding="utf-8") + "\n")
        self.assertEqual(self.cells(text, "feed-forward")[1:], ["3", "92.00 ± 2.00", "92.00 ± 1.00", "93.00", "–", "–", "–", "1800 |"])
        # errors of the differences: sqrt(2^2 / 3 + 2 / 2) and sqrt(1 / 3 + 2 / 2)
        self.assertEqual(self.cells(text, "SrSc-BIP")[1:],
                         ["2", "96.00 ± 1.41", "97.00 ± 1.41", "98.00", "+4.00 ± 1.53", "+5.00 ± 1.15", "–", "1800 |"])
        self.assertEqual(self.cells(text, "Sr")[1:], ["0", "–", "–", "–", "–", "–", "–", "– |"])
        self.assertNotIn("frames |", text)
        self.assertIn("`scripts/reproduce fsdd --preset best --hidden 128-128-128 --epochs 20 --seeds 3 --rows ff,srsc-bip`; commit abc; some processor; "
                      "2.50 hours of CPU.", text)

    def test_the_papers_figures(self):
        self.result("3", "sr", 1, 0.9)
        self.result("3", "sr", 1, on_test=0.93)
        self.result("letters", "sr", 1, 0.9)
        self.result("3", "sr", 2, on_test=0.94)
        self.result("3", "srsc-bip", 1, on_test=0.91)
        own = self.reproduce("3", "--summary").stdout
        self.assertIn("| best on the test, % | best on the test, mean, % | the paper's best on the test, % | the paper's mean, % |", own)
        self.assertEqual(self.cells(own, "Sr")[-4:], ["94.00", "93.50 ± 0.71", "94.51", "– |"])
        self.assertEqual(self.cells(own, "SrSc-BIP")[-4:], ["91.00", "91.00", "95.90", "95.61 ± 0.18 |"])
        letters = self.reproduce("letters", "--summary").stdout
        self.assertIn("the paper's best on the test on TI46-Alpha, another corpus", letters)
        self.assertNotIn("| best on the test", letters)
        self.assertEqual(self.cells(letters, "Sr")[-2:], ["94.51", "– |"])

    def test_only_the_ridge_row_is_there(self):
        self.result("5", "ridge", 1, best=0.5)
        text = self.reproduce("5", "--summary").stdout
        self.assertEqual(self.cells(text, "ridge on frames")[1:4], ["1", "–", "50.00"])
        self.assertIn("`scripts/reproduce 5 --preset best --hidden 128-128-128 --epochs 20 --seeds 1`; ", text)
        for fold, accuracy in (("a", 0.5), ("b", 0.7)):
            self.result("fsdd-unseen", "ridge", 1, best=accuracy, fold=fold)
        text = self.reproduce("fsdd-unseen", "--summary").stdout
        self.assertEqual(self.cells(text, "ridge on frames")[1:], ["2", "50.0", "70.0", "60.0", "50.0 |"])

    def test_speakers_left_out_by_hand(self):
        for fold, seed, ff, bip in (("a", 1, 0.50, 0.60), ("a", 2, 0.60, 0.64), ("b", 1, 0.70, 0.78), ("b", 2, 0.80, 0.90)):
            self.result("fsdd-unseen", "ff", seed, best=ff, fold=fold)
            self.result("fsdd-unseen", "srsc-bip", seed, best=bip, fold=fold)
        self.result("fsdd-unseen", "sr", 1, best=0.9, fold="a")
        text = self.reproduce("fsdd-unseen", "--summary").stdout
        self.assertEqual(self.cells(text, "feed-forward")[1:], ["4", "55.0", "75.0", "65.0", "55.0 |"])
        self.assertEqual(self.cells(text, "SrSc-BIP")[1:], ["4", "62.0", "84.0", "73.0", "62.0 |"])
        self.assertEqual(self.cells(text, "Sr")[1:], ["1", "90.0", "–", "–", "– |"])
        # differences 10, 4, 8, 10: deviation sqrt(24 / 3), error sqrt(8 / 4)
        self.assertIn("paired over 4 (speaker, seed): +8.00 ± 1.41, 5.7 standard errors.", text)

    def test_baselines_and_what_they_cost(self):
        operations = {"from_spikes": 2000.0, "from_input": 500.0}
        test = {figure: {"accuracy": 0.9, "synaptic_operations": operations} for figure in ("last", "best")}
        self.result("fsdd", "ff", 1, test=test)
        for seed, best in ((1, 0.97), (2, 0.99)):
            self.result("fsdd", "cnn", seed, 0.96, best, synaptic_operations={"from_input": 5e6, "from_units": 16e6}, cpu_seconds=seed)
        text = self.reproduce("fsdd", "--summary").stdout
        self.assertEqual(self.cells(text, "feed-forward")[-2:], ["2", "1800 |"])  # of 2.5 thousand, to even
        self.assertEqual(self.cells(text, "convolutional network on frames")[1:],
                         ["2", "96.00 ± 0.00", "98.00 ± 1.41", "99.00", "–", "–", "21000", "2 |"])

    def test_a_corpus_with_its_own_validation_part(self):
        scores = {"last": {"accuracy": 0.7}, "best": {"accuracy": 0.75}}
        self.result("arabic", "sr", 1, validation=scores, valid={"best": 0.75})
        text = self.reproduce("arabic", "--summary").stdout
        self.assertEqual(self.cells(text, "Sr")[1:4], ["1", "70.00", "75.00"])
        self.assertIn("No test part was there", text)
        self.assertNotIn("validation, best epoch", text)

        self.result("arabic", "ff", 1, 0.6, 0.65, valid={"best": 0.8})
        text = self.reproduce("arabic", "--summary").stdout
        self.assertIn("| validation, best epoch, % |", text)
        self.assertEqual(self.cells(text, "feed-forward")[1:], ["1", "60.00", "65.00", "65.00", "–", "–", "80.00", "–", "1800 |"])
        self.assertEqual(self.cells(text, "Sr")[1], "0")  # scored on another part
        self.assertNotIn("No test part was there", text)

    def test_nothing_there(self):
        self.assertIn("no results", self.reproduce("fsdd", "--summary", code=2).stderr)


if __name__ == "__main__":
    unittest.main()
