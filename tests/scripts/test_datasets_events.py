"""The makers of files in the layouts of N-TIDIGITS18 and SHD. Without h5py they say so, and the rest is skipped."""

import collections
import os
import re
import subprocess
import sys
import unittest

from tree import ROOT, TreeTest

try:
    import h5py
    import numpy as np
except ImportError as error:
    h5py = None
    print(f"SKIPPED: {error}; apt-get install python3-h5py")


class Maker(TreeTest):
    def make(self, corpus, *arguments, code=0, path=None):
        done = subprocess.run([sys.executable, "-B", ROOT / "datasets" / corpus / "make", *map(str, arguments)], capture_output=True,
                              text=True, check=False, timeout=120, env={**os.environ, "PYTHONPATH": path or ""})
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout + done.stderr

    def test_without_h5py(self):
        self.write({"empty/h5py.py": "raise ImportError('no h5py')"})
        for corpus in ("n-tidigits", "shd"):
            said = self.make(corpus, self.root / "out", code=2, path=str(self.root / "empty"))
            self.assertIn("apt-get install python3-h5py", said)
            self.assertFalse((self.root / "out").exists())

    def check_events(self, times, channels, n_channels, n_events):
        self.assertEqual((len(times), len(channels)), (n_events, n_events))
        self.assertTrue((np.diff(times) >= 0).all() and times[0] >= 0 and times[-1] < 0.9 * 1.1 * 8)
        self.assertTrue(channels.min() >= 0 and channels.max() < n_channels)


@unittest.skipUnless(h5py, "no h5py here")
class Ntidigits(Maker):
    def test_layout(self):
        self.make("n-tidigits", self.root / "n.hdf5", "--per-part", 30, "--sequences", 5, "--events", 40)
        with h5py.File(self.root / "n.hdf5") as file:
            self.assertEqual(set(file), {f"{part}_{kind}" for part in ("train", "test") for kind in ("labels", "timestamps", "addresses")})
            speakers = []
            for part in ("train", "test"):
                keys = [key.decode() for key in file[f"{part}_labels"]]
                self.assertEqual(len(set(keys)), 35)
                self.assertEqual(sum(len(key.rsplit("-", 1)[1]) == 1 for key in keys), 30)
                self.assertEqual(sorted(keys), sorted(file[f"{part}_timestamps"]))
                self.assertEqual(sorted(keys), sorted(file[f"{part}_addresses"]))
                for key in keys:
                    self.assertRegex(key, re.compile(r"^(man|woman)-[a-z]+\d*-[ab]-[oz1-9]{1,7}$"))
                    n_events = 40 * len(key.rsplit("-", 1)[1])
                    self.check_events(file[f"{part}_timestamps/{key}"][:], file[f"{part}_addresses/{key}"][:], 64, n_events)
                speakers.append({key.rsplit("-", 2)[0] for key in keys})
            self.assertFalse(speakers[0] & speakers[1])

    def test_full_size(self):
        self.make("n-tidigits", self.root / "n.hdf5", "--full", "--sequences", 0, "--events", 2)
        with h5py.File(self.root / "n.hdf5") as file:
            self.assertEqual([len(file[f"{part}_labels"]) for part in ("train", "test")], [2464, 2486])
            samples = collections.Counter(key.decode().split("-")[2] for part in ("train", "test") for key in file[f"{part}_labels"])
            self.assertEqual(samples, {"a": 2475, "b": 2475})

    def test_a_seed_is_one_file_of_events(self):
        for name, seed in (("a", 1), ("b", 1), ("c", 2)):
            self.make("n-tidigits", self.root / name, "--per-part", 3, "--sequences", 0, "--events", 9, "--seed", seed)
        times = []
        for name in "abc":
            with h5py.File(self.root / name) as file:
                times.append([file[f"train_timestamps/{key.decode()}"][:].tolist() for key in file["train_labels"]])
        self.assertEqual(times[0], times[1])
        self.assertNotEqual(times[0], times[2])

    def test_bad_counts(self):
        for option in ("--per-part", "--events"):
            self.make("n-tidigits", self.root / "n.hdf5", option, 0, code=2)
        self.assertFalse((self.root / "n.hdf5").exists())


@unittest.skipUnless(h5py, "no h5py here")
class Shd(Maker):
    def test_layout(self):
        self.make("shd", self.root / "shd", "--per-part", 60, "--events", 50)
        for part in ("train", "test"):
            with h5py.File(self.root / f"shd/shd_{part}.h5") as file:
                times, units = file["spikes/times"], file["spikes/units"]
                self.assertEqual([h5py.check_vlen_dtype(each.dtype) for each in (times, units)], [np.dtype("f2"), np.dtype("u2")])
                self.assertEqual(times.shape, (60,))
                for row in zip(times, units):
                    self.check_events(*row, 700, 50)
                self.assertEqual(set(collections.Counter(file["labels"][:].tolist()).values()), {3})
                self.assertEqual([file["extra/keys"][i] for i in (0, 9, 10, 19)], [b"zero", b"nine", b"null", b"neun"])
                self.assertEqual(bool({4, 5} & set(file["extra/speaker"][:].tolist())), part == "test")


if __name__ == "__main__":
    unittest.main()
