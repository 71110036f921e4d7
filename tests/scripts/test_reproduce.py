"""scripts/reproduce without the tools: what it plans and what it finds."""

import argparse
import shutil
import sys
import unittest

from tree import ROOT, TreeTest

sys.path.insert(0, str(ROOT / "scripts/tables"))
import corpora  # noqa: E402
import cost  # noqa: E402
from plan import require_choices, runs_of_table  # noqa: E402
from rows import layer_flags  # noqa: E402

ROWS = ["ff", "sr", "sr-bip", "srsc", "srsc-bip", "r", "r-bip", "st-rsbp", "hm2", "lsm-r2000", "lsm-r3200", "lsm-r5000"]
NETS = ["cnn", "gru", "gru-200-200-100", "lstm-250-250"]  # the baselines that have a row for each seed
FOLDER = "best-128-128-128-20epochs"


def options(**given):
    """As scripts/reproduce understands its own."""
    usual = {"preset": "best", "hidden": None, "epochs": None, "quick": False, "valid_fraction": None, "extra": [], "seeds": 1, "rows": None,
             "best_on_test": False, "split": "ab"}
    return argparse.Namespace(**{**usual, **given})


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


class Plan(Reproduce):
    def test_ids_and_order(self):
        ids = [each for each, _ in self.plan("fsdd", "--seeds", 2)]
        self.assertEqual(ids, ["fsdd/ridge/ridge-s1"] + [f"fsdd/{row if row in NETS else FOLDER}/{row}-s{seed}" for seed in (1, 2)
                                                         for row in ROWS + NETS])
        some = [each for each, _ in self.plan("fsdd", "--seeds", 2, "--rows", "srsc-bip,ff")]
        self.assertEqual(some[1:], [f"fsdd/{FOLDER}/{row}-s{seed}" for seed in (1, 2) for row in ("ff", "srsc-bip")])
        one = [each for each, _ in self.plan("fsdd", "--seeds", 1, "--rows", "gru")]
        self.assertEqual(one[1:], ["fsdd/gru/gru-s1"])
        self.assertIn("wanted some of", self.reproduce("fsdd", "--list", "--rows", "spilinc", code=2).stderr)
        unseen = [each for each, _ in self.plan("fsdd-unseen", "--seeds", 1, "--epochs", 7, "--hidden", "8-9-10")]
        speakers = ("ann", "bob", "cy")
        self.assertEqual(unseen, [f"fsdd-unseen/ridge/{speaker}-ridge-s1" for speaker in speakers] +
                         [f"fsdd-unseen/best-8-9-10-7epochs/{speaker}-{row}-s1" for speaker in speakers for row in ROWS] +
                         [f"fsdd-unseen/{row}/{speaker}-{row}-s1" for speaker in speakers for row in NETS])
        both = [each for each, _ in self.plan("fsdd", "--seeds", 1, "--best-on-test")]
        self.assertEqual(both[-len(ROWS + NETS) : -len(NETS)], [f"fsdd/{FOLDER}/{row}-s1-on-test" for row in ROWS])
        published = [each.replace(FOLDER, "paper-100-100-100-400epochs") for each in both]
        self.assertEqual([each for each, _ in self.plan("fsdd", "--seeds", 1, "--as-published")], published)
        self.assertIn("give one of the two", self.reproduce("fsdd", "--as-published", "--preset", "plain", code=2).stderr)

    def test_settings_do_not_share_a_folder(self):
        ids = [self.plan("fsdd", *more)[1][0].split("/")[1] for more in (
            (), ("--preset", "paper"), ("--valid-fraction", 0.2), ("--", "--warp", "0.1"), ("--", "--warp", "0.2"), ("--", "--warp=0.1"))]
        self.assertEqual(ids[:3], [FOLDER, "paper-100-100-100-400epochs", f"{FOLDER}-valid0.2"])
        self.assertEqual(len(set(ids)), len(ids))
        self.assertTrue(all(id.startswith(f"{FOLDER}-warp-0.") for id in ids[3:5]), ids)

    def test_rows_that_a_table_does_not_have(self):
        refused = self.reproduce("fsdd", "--list", "--data", self.root / "data", "--rows", "ff,r-200", code=2).stderr
        self.assertIn("--rows r-200: table fsdd has no such row, but ff,sr,", refused)
        self.assertNotIn("r-200", refused.split("but", 1)[1])
        two = self.run_script("scripts/reproduce", "digits", "fsdd", "--rows", "r-200")
        self.assertIn("table fsdd has no such row", two.stderr)
        self.assertIn("fsdd/", self.reproduce("all", "--list", "--data", self.root / "data", "--rows", "ff,r-200").stdout)

    def test_options_that_the_rows_set(self):
        done = self.reproduce("fsdd", "--list", "--data", self.root / "data", "--rows", "ff,hm2", "--", "--batch", "10", "--rule=step", code=2)
        self.assertIn("-- --rule: row hm2 of table fsdd sets it itself", done.stderr)

        def check(*extra, rows=("ff", "srsc-bip")):
            require_choices(options(tables=["fsdd"], asked_all=False, rows=rows, extra=extra))

        check("--rule", "step")
        check("--bip", rows=["cnn"])  # no network of ossicle-train
        for option in ("--skip", "--no-skip", "--no-bip", "--seed", "--threads", "--log", "-o"):
            with self.assertRaisesRegex(ValueError, "of table fsdd sets it itself; leave it out"):
                check(option)
        for option in ("--hidden", "--epochs=3", "--valid-fraction"):
            with self.assertRaisesRegex(ValueError, "row ff of table fsdd sets it itself; give it before --"):
                check(option)

    def test_commands(self):
        _, words = self.plan("fsdd", "--seeds", 1, "--", "--warp", "0.1")[1]
        self.assertEqual(words[:2], [str(ROOT / "scripts/reproduce"), "--run"])
        self.assertEqual(words[-3:], ["--", "--warp", "0.1"])
        self.assertNotIn("--list", words)
        self.assertIn("no such run", self.reproduce("fsdd", "--run", "0", "--data", self.root / "data", code=2).stderr)

    def test_flags(self):
        args = options(preset="paper", extra=["--lr", "0.1"], seeds=2, best_on_test=True)
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

    def test_flags_of_the_other_networks(self):
        args = options(preset="paper")

        def flags(table):
            return {run.row: " ".join(run.flags).split(" --valid-fraction")[0] for run in runs_of_table(args, table, [])}

        forward = "--epochs 400 --no-self-recurrent --no-skip --no-bip"
        alpha, digits = flags("3"), flags("4")
        self.assertEqual(alpha["r"], f"--preset paper-alpha --hidden 400,400,400 --recurrent 2 {forward} --seed 1")
        self.assertEqual(alpha["st-rsbp"], "--preset paper-alpha --hidden 400,400,400 --epochs 400 --self-recurrent --no-skip --no-bip --rule spike-train --w-scale 1 --lr 0.0005 "
                                           "--seed 1")
        self.assertEqual(alpha["hm2"], f"--preset paper-alpha --hidden 400,400 {forward} --rule spike-train --w-scale 1 --lr 0.0005 --seed 1")
        self.assertIn(f"--preset paper-alpha --hidden 3200 --recurrent 1 {forward} --recurrent-density 0.1 --inhibitory-share 0.2 --spectral-radius 0.9 "
                      "--freeze 1 --output-layer mean --loss mean-softmax --lr 0.02 ".replace("--epochs 400", "--epochs 12"), alpha["lsm-r3200"])
        self.assertIn("--hidden 100,100,100 --recurrent 2 ", digits["r"])  # as large as the networks that it is compared with
        self.assertIn("--hidden 200,200,200 --recurrent 2 ", digits["r-200"])  # as published
        self.assertNotIn("r-200", alpha)
        args.preset, args.quick, args.hidden = "best", True, "8-9-10"
        digits = flags("4")
        presets = {row: words.split()[1] for row, words in digits.items() if "--preset" in words}
        self.assertEqual({row for row, preset in presets.items() if preset == "plain"}, {row for row in ROWS if row[:2] in ("st", "hm", "ls")})
        self.assertEqual(set(presets.values()), {"best", "plain"})
        self.assertIn("--hidden 8,9,10 --recurrent 2 ", digits["r"])
        self.assertIn("--hidden 8,9 ", digits["hm2"])
        self.assertIn("--hidden 40 --recurrent 1 ", digits["lsm-r2000"])
        self.assertEqual(layer_flags("R4-5-R6"), ["--hidden", "4,5,6", "--recurrent", "1,3"])

    def test_split_of_n_tidigits(self):
        """Another split is another folder, for what is trained and for what it is trained on; other tables have none."""
        self.write({"data/n-tidigits18.hdf5": ""})
        ids = [[each for each, _ in self.plan("5", "--seeds", 1, "--split", split)] for split in ("ab", "official")]
        self.assertEqual(ids[0], [each for each, _ in self.plan("5", "--seeds", 1)])
        self.assertEqual((ids[1][0], ids[1][1], ids[1][-1]), ("5/ridge-official/ridge-s1", f"5/{FOLDER}-official/ff-s1",
                                                              "5/lstm-250-250-official/lstm-250-250-s1"))
        self.assertEqual(self.plan("fsdd", "--split", "official")[1][0], f"fsdd/{FOLDER}/ff-s1")
        args = options(split="official")
        run = runs_of_table(args, "5", [])[0]
        self.assertEqual(corpora.streams_of(run, self.root).train, self.root / "streams/5-official/train.tar")
        words = " ".join(map(str, corpora.rebin_words(run, self.root, "test")))
        self.assertIn("--part test --split official --bin-ms 3 --max-steps 300", words)

    def test_cost_by_hand(self):
        """A neuron costs 5e-9 s a step, a weight 1.3e-11 s, a lateral one 3e-11; scoring 0.32 of that. Of a reservoir 2.5e-11."""
        trained = 5e-9 * 32 + 1.3e-11 * (3 * 10 + 10 * 20 + 20 * 2) + 3e-11 * 20 * 20
        self.assertAlmostEqual(cost.seconds_a_step("10-R20", 3, 2), trained, places=15)
        self.assertAlmostEqual(cost.seconds_a_step("10-R20", 3, 2, False), 0.32 * trained, places=15)
        reservoir, output = 5e-9 * 20 + 1.3e-11 * 3 * 20, 5e-9 * 2 + 1.3e-11 * 20 * 2
        for is_trained in (True, False):
            self.assertAlmostEqual(cost.seconds_a_step("R20", 3, 2, is_trained), 0.32 * reservoir + 2.5e-11 * 20 * 20 + (output if is_trained else 0.32 * output),
                                   places=15)
        args = options(preset="paper", rows=["ff"], best_on_test=True)
        _, valid, on_test = runs_of_table(args, "5", [])
        streams = corpora.streams_of(valid, self.root)
        about = {streams.train: (1000, 64, 11), streams.test: (3000, 64, 11)}
        each = 5e-9 * 1211 + 1.3e-11 * (64 * 400 + 2 * 400 * 400 + 400 * 11)
        self.assertAlmostEqual(cost.seconds_of(valid, streams, about), 400 * (1000 + 0.32 * 100) * each, places=9)
        self.assertAlmostEqual(cost.seconds_of(on_test, streams, about), 400 * (1000 + 0.32 * 3000) * each, places=9)


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
        self.write({"data/heidelberg/shd_train.h5": ""})
        self.assertIsNone(corpora.find("shd", [self.root / "data"], self.root))
        self.write({"data/heidelberg/shd_test.h5": ""})
        self.assertEqual(self.plan("shd")[1][0], f"shd/{FOLDER}/ff-s1")
        self.write({"data/ours/n-tidigits18.hdf5": ""})
        self.assertEqual(self.plan("5", "--data", self.root / "data/ours")[1][0], "5/best-128-128-128-20epochs/ff-s1")


if __name__ == "__main__":
    unittest.main()
