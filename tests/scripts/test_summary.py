"""scripts/tables/summary.py, by scripts/reproduce --summary on results written by hand."""

import json
import unittest

from test_reproduce import FOLDER, Reproduce

SETTING = {"preset": "best", "hidden": "128-128-128", "epochs": 20, "valid_fraction": None, "extra": []}


class Summary(Reproduce):
    def result(self, table, row, seed, last=None, best=None, fold="", on_test=None, **more):
        """A result file as a run leaves it, of what a summary reads."""
        protocol = "on-test" if on_test is not None else "valid"
        test = {figure: {"accuracy": value} for figure, value in (("last", last), ("best", best)) if value is not None}
        result = {"table": table, "fold": fold, "row": row, "seed": seed, "protocol": protocol, "setting": SETTING, "commit": "abc",
                  "machine": "some processor", "cpu_seconds": 1800, "layers": "8-8", "parameters": 99, **({"test": test} if test else {}), **more}
        if on_test is not None:
            result["test_by_epoch"] = {"best": on_test}
        self.write({f"out/{table}/{FOLDER}/{fold}{row}-s{seed}-{protocol}.json": json.dumps(result)})

    def cells(self, text, row, n=0):
        """Of the n-th line that begins with this row's title."""
        return [line.split(" | ") for line in text.splitlines() if line.startswith(f"| {row} |")][n]

    def test_a_table_by_hand(self):
        for seed, last, best in ((1, 0.90, 0.91), (2, 0.92, 0.93), (3, 0.94, 0.92)):
            self.result("fsdd", "ff", seed, last, best)
        for seed, last, best in ((1, 0.95, 0.98), (2, 0.97, 0.96)):  # the third seed is missing
            self.result("fsdd", "srsc-bip", seed, last, best)
        text = self.reproduce("fsdd", "--summary").stdout
        self.assertEqual(text, (self.root / "out/fsdd.md").read_text(encoding="utf-8") + "\n")
        self.assertEqual(self.cells(text, "feed-forward")[1:], ["8-8", "99", "3", "92.00 ± 2.00", "92.00 ± 1.00", "93.00", "–", "–", "–", "1800 |"])
        # errors of the differences: sqrt(2^2 / 3 + 2 / 2) and sqrt(1 / 3 + 2 / 2)
        self.assertEqual(self.cells(text, "SrSc-BIP")[1:],
                         ["8-8", "99", "2", "96.00 ± 1.41", "97.00 ± 1.41", "98.00", "+4.00 ± 1.53", "+5.00 ± 1.15", "–", "1800 |"])
        self.assertNotIn("| Sr |", text)
        self.assertNotIn("frames |", text)
        self.assertNotIn("random recurrent", text)
        self.assertIn("`scripts/reproduce fsdd --preset best --hidden 128-128-128 --epochs 20 --seeds 3 --rows ff,srsc-bip`; commit abc; some processor; "
                      "2.50 hours of CPU.", text)

    def test_the_papers_figures(self):
        self.result("3", "sr", 1, 0.9)
        self.result("3", "sr", 1, on_test=0.93)
        self.result("letters", "sr", 1, 0.9)
        self.result("3", "sr", 2, on_test=0.94)
        self.result("3", "srsc-bip", 1, on_test=0.91)
        own = self.reproduce("3", "--summary").stdout
        self.assertIn("| best on the test, % | best on the test, mean, % | published best, % | published mean, % |", own)
        self.assertEqual(self.cells(own, "Sr")[-4:], ["94.00", "93.50 ± 0.71", "94.51", "– |"])
        self.assertEqual(self.cells(own, "SrSc-BIP")[-4:], ["91.00", "91.00", "95.90", "95.61 ± 0.18 |"])
        letters = self.reproduce("letters", "--summary").stdout
        self.assertIn("| published best on TI46-Alpha, another corpus, % |", letters)
        self.assertNotIn("| best on the test", letters)
        self.assertEqual(self.cells(letters, "Sr")[-2:], ["94.51", "– |"])
        self.assertEqual(self.cells(letters, "HM2-BP (Jin, Zhang and Li 2018)")[1:4], ["–", "–", "0"])
        self.assertEqual(self.cells(letters, "HM2-BP (Jin, Zhang and Li 2018)")[-2:], ["90.60", "– |"])
        self.assertNotIn("SpiLinC", own)
        self.result("4", "sr", 1, 0.9)
        digits = self.reproduce("4", "--summary").stdout
        self.assertEqual(self.cells(digits, "SpiLinC, ensemble R3200 (Srinivasan et al. 2018)")[-2:], ["86.66", "– |"])
        self.assertIn("SpiLinC, ensemble R3200 (Srinivasan et al. 2018) is not run: the paper does not give", digits)

    def test_only_the_ridge_row_is_there(self):
        self.result("5", "ridge", 1, best=0.5)
        text = self.reproduce("5", "--summary").stdout
        self.assertEqual(self.cells(text, "ridge on frames")[1:6], ["8-8", "99", "1", "–", "50.00"])
        self.assertIn("`scripts/reproduce 5 --preset best --hidden 128-128-128 --epochs 20 --seeds 1`; ", text)
        for fold, accuracy in (("a", 0.5), ("b", 0.7)):
            self.result("fsdd-unseen", "ridge", 1, best=accuracy, fold=fold)
        text = self.reproduce("fsdd-unseen", "--summary").stdout
        self.assertEqual(self.cells(text, "ridge on frames")[1:], ["8-8", "99", "2", "50.0", "70.0", "60.0", "50.0", "–", "1800 |"])

    def test_speakers_left_out_by_hand(self):
        for fold, seed, ff, bip in (("a", 1, 0.50, 0.60), ("a", 2, 0.60, 0.64), ("b", 1, 0.70, 0.78), ("b", 2, 0.80, 0.90)):
            self.result("fsdd-unseen", "ff", seed, best=ff, fold=fold)
            self.result("fsdd-unseen", "srsc-bip", seed, best=bip, fold=fold)
        self.result("fsdd-unseen", "sr", 1, best=0.9, fold="a")
        text = self.reproduce("fsdd-unseen", "--summary").stdout
        self.assertEqual(self.cells(text, "feed-forward")[1:], ["8-8", "99", "4", "55.0", "75.0", "65.0", "55.0", "–", "1800 |"])
        self.assertEqual(self.cells(text, "SrSc-BIP")[1:], ["8-8", "99", "4", "62.0", "84.0", "73.0", "62.0", "–", "1800 |"])
        self.assertEqual(self.cells(text, "Sr")[1:], ["8-8", "99", "1", "90.0", "–", "–", "–", "–", "1800 |"])
        # differences 10, 4, 8, 10: deviation sqrt(24 / 3), error sqrt(8 / 4)
        self.assertIn("paired over 4 (speaker, seed): +8.00 ± 1.41, 5.7 standard errors.", text)

    def test_baselines_and_what_they_cost(self):
        operations = {"from_spikes": 2000.0, "from_input": 500.0}
        test = {figure: {"accuracy": 0.9, "synaptic_operations": operations} for figure in ("last", "best")}
        self.result("fsdd", "ff", 1, test=test)
        for seed, best in ((1, 0.97), (2, 0.99)):
            self.result("fsdd", "cnn", seed, 0.96, best, synaptic_operations={"from_input": 5e6, "from_units": 16e6}, cpu_seconds=seed)
        text = self.reproduce("fsdd", "--summary").stdout
        self.assertEqual(self.cells(text, "feed-forward")[-2:], ["2.5", "1800 |"])
        self.assertEqual(self.cells(text, "convolutional network on frames")[1:],
                         ["8-8", "99", "2", "96.00 ± 0.00", "98.00 ± 1.41", "99.00", "–", "–", "21000", "1.5 |"])

    def test_the_time_of_an_interrupted_training_is_not_known(self):
        self.result("fsdd", "ff", 1, 0.9, cpu_seconds=100)
        self.result("fsdd", "sr", 1, 0.9, cpu_seconds=7, interrupted=True)
        self.assertEqual(self.cells(self.reproduce("fsdd", "--summary").stdout, "Sr")[-1], "– |")
        self.result("fsdd", "sr", 2, 0.9, cpu_seconds=90, interrupted=False)
        self.assertEqual(self.cells(self.reproduce("fsdd", "--summary").stdout, "Sr")[-1], "90 |")

    def test_a_corpus_with_its_own_validation_part(self):
        scores = {"last": {"accuracy": 0.7}, "best": {"accuracy": 0.75}}
        self.result("arabic", "sr", 1, validation=scores, valid={"best": 0.75})
        text = self.reproduce("arabic", "--summary").stdout
        self.assertEqual(self.cells(text, "Sr")[3:6], ["1", "70.00", "75.00"])
        self.assertIn("No test part was there", text)
        self.assertNotIn("validation, best epoch", text)

        self.result("arabic", "ff", 1, 0.6, 0.65, valid={"best": 0.8})
        text = self.reproduce("arabic", "--summary").stdout
        self.assertIn("| validation, best epoch, % |", text)
        self.assertEqual(self.cells(text, "feed-forward")[3:], ["1", "60.00", "65.00", "65.00", "–", "–", "80.00", "–", "1800 |"])
        self.assertNotIn("| Sr |", text)  # scored on another part
        self.assertNotIn("No test part was there", text)

    def test_skips_against_random_recurrence_by_hand(self):
        def result(row, seed, best, operations, seconds, **more):
            scores = {"last": {"accuracy": 0.5, "synaptic_operations": {"from_input": operations}}, "best": {"accuracy": best}}
            self.result("fsdd", row, seed, test=scores, cpu_seconds=seconds, **more)

        for seed, best in ((1, 0.96), (2, 0.98)):
            result("srsc-bip", seed, best, 30_000, 100)
        result("r", 1, 0.94, 40_000, 300, layers="8-R8")
        self.assertIn("- accuracy, best by validation: 97.00 against 94.00 %, ratio 1.032; difference +3.00, more seeds would tell whether by chance.",
                      self.reproduce("fsdd", "--summary").stdout)
        result("r", 2, 0.92, 80_000, 500, layers="8-R8")
        text = self.reproduce("fsdd", "--summary").stdout
        # errors of the means 1 and 1, of their difference sqrt(2)
        self.assertIn("""
SrSc-BIP (8-8) against the random recurrent network R (8-R8):

- accuracy, last epoch: 50.00 against 50.00 %, ratio 1.000; difference +0.00 ± 0.00, more seeds would tell whether by chance.
- accuracy, best by validation: 97.00 against 93.00 %, ratio 1.043; difference +4.00 ± 1.41, 2.8 standard errors: SrSc-BIP is better.
- operations, thousands: 30 against 60, ratio 0.500.
- CPU, s: 100 against 400, ratio 0.250.
""", text)
        for seed, best in ((1, 0.90), (2, 0.91)):
            result("srsc", seed, best, 30_000, 100)
            result("r-bip", seed, 0.99, 30_000, 100, layers="8-R8")
        text = self.reproduce("fsdd", "--summary").stdout
        self.assertIn("SrSc (8-8) against the random recurrent network R (8-R8):", text)
        self.assertIn("90.50 against 93.00 %, ratio 0.973; difference -2.50 ± 1.12, 2.2 standard errors: SrSc is worse.", text)
        self.assertIn("SrSc-BIP (8-8) against the random recurrent network R with BIP (8-R8):", text)
        for seed, best in ((1, 0.93), (2, 0.96)):
            result("srsc-bip", seed, best, 30_000, 100)
        self.assertIn("difference +1.50 ± 1.80, 0.8 standard errors: SrSc-BIP cannot be told from chance.", self.reproduce("fsdd", "--summary").stdout)

    def test_paired_where_speakers_are_left_out(self):
        for fold, seed, mine, its in (("a", 1, 0.50, 0.60), ("a", 2, 0.60, 0.68), ("b", 1, 0.70, 0.80), ("b", 2, 0.80, None)):
            self.result("fsdd-unseen", "srsc-bip", seed, best=mine, fold=fold)
            if its:
                self.result("fsdd-unseen", "r", seed, best=its, fold=fold)
        text = self.reproduce("fsdd-unseen", "--summary").stdout
        # of the three that both have: 60.00 and 69.33; differences -10, -8, -10
        self.assertIn("best by validation: 60.00 against 69.33 %, ratio 0.865; difference -9.33 ± 0.67, 14.0 standard errors: SrSc-BIP is worse.", text)

    def test_settings_in_the_command(self):
        setting = {**SETTING, "split": "official", "quick": True}
        self.result("5", "lsm-r2000", 1, 0.5, setting=setting)
        self.result("5", "ridge", 1, best=0.6, setting=setting)
        self.result("5", "cnn", 1, best=0.7)
        text = self.reproduce("5", "--summary").stdout
        self.assertIn("--rows lsm-r2000 --split official --quick`", text)
        self.assertEqual(self.cells(text, "ridge on frames")[5], "60.00")
        self.assertNotIn("convolutional", text)  # of the other split
        self.assertIn("by preset `plain`, whose neurons are the paper's: liquid state machine, R2000 (Wijesinghe et al. 2019).", text)
        self.assertIn("reservoirs are 50 times smaller", text)

    def test_nothing_there(self):
        self.assertIn("no results", self.reproduce("fsdd", "--summary", code=2).stderr)


if __name__ == "__main__":
    unittest.main()
