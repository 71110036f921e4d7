"""scripts/equation10.py: its layers by hand, then what it shows."""

import re
import sys
import unittest

from tree import ROOT, TreeTest

try:
    import numpy as np
except ImportError:
    print("SKIPPED: no NumPy")
    sys.exit(0)

sys.path.insert(0, str(ROOT / "scripts"))
import equation10  # noqa: E402


def column(*values):
    """[step][one neuron]"""
    return np.array(values, float)[:, None]


class Layers(unittest.TestCase):
    """theta = 15/16, 1 - 1/tau_s = 7/8, threshold 1."""

    def check(self, got, *wanted):
        np.testing.assert_allclose(got, column(*wanted), rtol=1e-15)

    def test_psc(self):
        self.check(equation10.psc(column(1, 0, 1)), 1 / 8, 7 / 64, 7 / 8 * 7 / 64 + 1 / 8)

    def test_linear(self):
        self.check(equation10.linear_layer(column(1, 0, 2), np.array([0.5]), 0.125), 1, 1, 3)  # 15/16 + 1/8 1/2 = 1
        self.check(equation10.linear_recurrent(column(1, 0, 0, 1), [[0.5]], [[0.25]]), 1, 0.5, 0.5, 1 + 0.25 + 0.125)

    def test_spiking(self):
        """The threshold must be passed, not met: with a weight of 8 the spike at once gives 8 a = 1 a step later, which is none."""
        self.check(equation10.spiking_layer(column(1.5, 0, 0), []), 1 / 8, 7 / 64, 49 / 512)
        self.check(equation10.spiking_layer(column(1, 0, 0.0626), []), 0, 0, 0)
        self.check(equation10.spiking_layer(column(1.5, 0, 0), [[[8]]]), 1 / 8, 7 / 64, 49 / 512 + 1 / 8)  # u 1, then 15/16 + 7/8
        self.check(equation10.spiking_layer(column(1.5, 0, 0, 0), [[[0]], [[9]]]), 1 / 8, 7 / 64, 49 / 512 + 1 / 8, 7 / 8 * 113 / 512)

    def test_matrices_of_one_neuron(self):
        """Two decays A1 and A2 in a row: (z - A1)(z - A2) = z^2 - (A1 + A2) z + A1 A2."""
        pair = equation10.Pair(1, 1, 1, 1)
        a1, a2 = (15 / 16 + 0.1 * w[0] for w in (pair.w_self1, pair.w_self2))
        first, second = pair.recurrent_matrices(0.1)
        np.testing.assert_allclose([first[0, 0], second[0, 0]], [a1 + a2, -a1 * a2], rtol=1e-14)


class Agreement(unittest.TestCase):
    def test_linear(self):
        """Rounding, 1e-16, grows with the condition of W2, below 1e4 here, and over the steps. Without a factor h the error is 1/h - 1."""
        for seed in range(5):
            errors = equation10.Pair(78, 100, 100, seed).linear_errors(0.1)
            self.assertLess(errors.pop("h W2 W1 x"), 1e-10)
            self.assertAlmostEqual(errors["W2 W1 x"], 9, 9)
            self.assertAlmostEqual(errors["h^2 W2 W1 x"], 0.9, 9)
            self.assertGreater(min(errors.values()), 0.5)

    def test_spiking(self):
        """The measure is 1 for the same layer built the other way; for the recurrent one it is far from that with every gain."""
        for seed in range(3):
            pair = equation10.Pair(78, 40, 60, seed)
            first, second = pair.spiking_layers()
            again = equation10.spiking_layer(first @ pair.w2.T, [np.diag(pair.w_self2), np.zeros((40, 40))])
            self.assertAlmostEqual(equation10.correlation(again, second), 1, 12)
            self.assertGreater(second.mean(), 0.01)
            self.assertLess(max(equation10.correlation(pair.spiking_recurrent(h), second) for h in equation10.SPIKING_GAINS), 0.8)


class Command(TreeTest):
    def test_what_is_shown(self):
        done = self.run_script("scripts/equation10.py", "--neurons", 20, "--seed", 7)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        shown = dict(re.findall(r"^  (\S.*?)  +(\S+)", done.stdout, re.MULTILINE))
        self.assertLess(float(shown["h W2 W1 x"]), 1e-10)
        self.assertEqual(shown["W2 W1 x"], "9")
        self.assertLess(float(shown["recurrent layer"]), 0.9)
        self.assertLess(float(shown["recurrent layer"]), float(shown["the two layers, w_s = 0"]))
        self.assertEqual(self.run_script("scripts/equation10.py", "--neurons", 20, "--seed", 7).stdout, done.stdout)

    def test_tiny_gains(self):
        """The errors are those of any gain but for the terms that lack a factor."""
        errors = equation10.Pair(78, 20, 50, 1).linear_errors(equation10.SMALLEST_GAIN)
        self.assertLess(errors["h W2 W1 x"], 1e-10)
        self.assertAlmostEqual(errors["W2 W1 x"] / 1e100, 1, 9)
        self.assertAlmostEqual(errors["h^2 W2 W1 x"], 1, 9)

    def test_what_cannot_be_shown(self):
        for words, message in ((("--gain", "0.125"), "and below 0.125, where"), (("--gain", "1e-101"), "wanted 1e-100 or more"),
                               (("--gain", "nan"), "wanted 1e-100 or more"), (("--steps", "0"), "must be 1 or more"),
                               (("--inputs", "1", "--steps", "1"), "no spike came in")):
            done = self.run_script("scripts/equation10.py", *words)
            self.assertEqual(done.returncode, 2)
            self.assertIn(message, done.stderr)

    def test_help_without_numpy(self):
        self.check_help_without_numpy("scripts/equation10.py", "--gain")


if __name__ == "__main__":
    unittest.main()
