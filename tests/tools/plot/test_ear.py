"""Frequencies of channels, against the original program's."""

import unittest
import zipfile
from array import array

from samples import LYON, ROOT

import ear


def centre_frequencies(name):
    """Of a golden file, without NumPy: 8-byte numbers after the header of an array."""
    with zipfile.ZipFile(ROOT / f"tests/data/lyon/filters/{name}.npz") as golden:
        data = golden.read("centre_frequencies.npy")
    return array("d", data[10 + int.from_bytes(data[8:10], "little") :])


class Ear(unittest.TestCase):
    def test_centre_frequencies_are_those_of_the_original(self):
        for rate, q, step in ((12500, 8, 0.25), (8000, 8, 0.25), (16000, 4, 0.125), (48000, 8, 0.25), (12500, 16, 0.5)):
            wanted = centre_frequencies(f"fs{rate}_q{q}_s{step}")
            found = ear.centre_frequencies_hz(rate, q, step, len(wanted))
            for k, value in enumerate(wanted):
                # Both are double; the original reaches a frequency by subtracting step from step.
                self.assertAlmostEqual(found[k] / value, 1, delta=1e-9, msg=(rate, q, step, k))

    def test_ticks_lie_between_the_channels_around_them(self):
        ticks = dict((text, at) for at, text in ear.ticks_of([1500.0, 1000.0, 600.0, 400.0, 250.0, 180.0]))
        self.assertEqual(ticks["1000"], 1.0)
        self.assertEqual(ticks["500"], 2.5)
        self.assertAlmostEqual(ticks["200"], 4 + 50 / 70)
        self.assertNotIn("2000", ticks)

    def test_ticks_keep_apart(self):
        places = sorted(at for at, _ in ear.ticks_of(ear.centre_frequencies_hz(12500, 8, 0.25, 78)))
        self.assertGreater(len(places), 3)
        self.assertGreater(min(b - a for a, b in zip(places, places[1:])), 0.06 * 78)

    def test_frequencies_are_given_only_where_the_channels_are_still_the_ears(self):
        self.assertEqual(len(ear.frequencies_of({"recipe": [LYON], "n_channels": 78})), 78)
        self.assertIsNone(ear.frequencies_of({"recipe": [LYON], "n_channels": 156}))
        self.assertIsNone(
            ear.frequencies_of({"recipe": [{"tool": "ossicle-rebin", "params": {"n_channels": 78}}], "n_channels": 78})
        )


if __name__ == "__main__":
    unittest.main()
