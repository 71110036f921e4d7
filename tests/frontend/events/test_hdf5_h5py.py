"""h5py, another maker and reader of HDF5 files, against ours. Usage: test_hdf5_h5py.py HDF5_PEER

Files in the layouts of N-TIDIGITS18 and SHD with every type and storage that their makers may have chosen, and what ours writes.
"""

import itertools
import pathlib
import subprocess
import sys
import tempfile
import unittest

try:
    import h5py
    import numpy as np
except ImportError as error:
    print(f"SKIPPED: {error}; apt-get install python3-h5py")
    sys.exit(0)

PEER = pathlib.Path(sys.argv.pop()).resolve()
KEYS = ["man-im-a-7", "woman-ae-b-o", "man-im-a-75z", "woman-ae-a-9"]


def space_padded(texts):
    """A low-level type that h5py offers no short way to: fixed length, padded with blanks, as Fortran and MATLAB write."""
    kind = h5py.h5t.C_S1.copy()
    kind.set_size(24)
    kind.set_strpad(h5py.h5t.STR_SPACEPAD)
    return kind, np.array([text.ljust(24) for text in texts], "S24")


class Peers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.random = np.random.default_rng(6)

    def peer(self, *arguments):
        done = subprocess.run([PEER, *map(str, arguments)], capture_output=True, text=True, timeout=60, check=True)
        self.assertEqual(done.stderr, "")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def events(self, n, n_channels):
        return np.sort(self.random.random(n)), self.random.integers(0, n_channels, n)

    def expect(self, line, key, label, speaker, times, channels, sequence="", warning=""):
        self.assertEqual(line[:7], ["record", key, label, sequence, speaker, warning, ""])
        got = [pair.split(":") for pair in line[7:]]
        self.assertEqual([int(channel) for _, channel in got], [int(channel) for channel in channels])
        self.assertEqual([float(time) for time, _ in got], [float(time) for time in times])

    def check_ntidigits(self, time_type, channel_type, strings, storage, **how):
        path = self.root / "n.hdf5"
        written = {}
        with h5py.File(path, "w", **how) as file:
            for part in ("train", "test"):
                if strings == "padded":
                    kind, texts = space_padded(KEYS)
                    space = h5py.h5s.create_simple((len(texts),))
                    h5py.h5d.create(file.id, f"{part}_labels".encode(), kind, space).write(h5py.h5s.ALL, h5py.h5s.ALL, texts, kind)
                else:
                    file.create_dataset(f"{part}_labels", data=np.array(KEYS, strings),
                                        **{**storage, "fletcher32": None})  # which strings of variable length cannot have
                for key in KEYS:
                    times, channels = self.events(50, 64)
                    written[part, key] = times.astype(time_type), channels.astype(channel_type)
                    file.create_dataset(f"{part}_timestamps/{key}", data=written[part, key][0], **storage)
                    file.create_dataset(f"{part}_addresses/{key}", data=written[part, key][1], **storage)
        lines = self.peer("read", path, "test", "official", "sequences")
        self.assertEqual(lines[0], ["classes", *"o123456789z"])
        self.assertEqual(len(lines), 1 + len(KEYS))
        for line, key in zip(lines[1:], KEYS):
            digits = key.rsplit("-", 1)[1]
            label, sequence = (digits, "") if len(digits) == 1 else ("", ",".join(digits))
            self.expect(line, key, label, key.rsplit("-", 2)[0], *written["test", key], sequence=sequence)

    def test_ntidigits(self):
        plain, packed = {}, {"chunks": (3,), "maxshape": (None,), "compression": "gzip", "shuffle": True, "fletcher32": True}
        for types in itertools.product(("f8", "f4", ">f8"), ("u1", ">i4", "f8")):
            with self.subTest(types=types):
                self.check_ntidigits(*types, "S", plain)
        for strings, storage in itertools.product(("S", "S40", h5py.string_dtype(), h5py.string_dtype("ascii"), "padded"), (plain, packed)):
            for how in ({}, {"libver": "latest"}, {"userblock_size": 1024}):
                with self.subTest(strings=strings, storage=storage, how=how):
                    self.check_ntidigits("f8", "i8", strings, storage, **how)

    def check_shd(self, time_type, unit_type, label_type, strings, **how):
        path = self.root / "shd_test.h5"
        rows = [self.events(int(n), 700) for n in self.random.integers(1, 300, 20)]
        labels = self.random.integers(0, 3, len(rows))
        with h5py.File(path, "w", **how) as file:
            times = file.create_dataset("spikes/times", (len(rows),), h5py.vlen_dtype(np.dtype(time_type)))
            units = file.create_dataset("spikes/units", (len(rows),), h5py.vlen_dtype(np.dtype(unit_type)))
            for i, row in enumerate(rows):
                times[i], units[i] = row[0].astype(time_type), row[1].astype(unit_type)
            file["labels"] = labels.astype(label_type)
            file["extra/keys"] = np.array(["zero", "one", "zwei"], strings)
            file["extra/speaker"] = np.arange(len(rows), dtype="u2")
            file["extra/meta_info/age"] = np.zeros(12)
        lines = self.peer("read", path)
        self.assertEqual(lines[0], ["classes", "zero", "one", "zwei"])
        self.assertEqual(len(lines), 1 + len(rows))
        for i, (line, row) in enumerate(zip(lines[1:], rows)):
            self.expect(line, f"shd_test_{i:06}", ("zero", "one", "zwei")[labels[i]], str(i), row[0].astype(time_type), row[1])

    def test_shd(self):
        for times, units in itertools.product(("f2", "f4", "f8", ">f4"), ("u2", "i4")):
            with self.subTest(times=times, units=units):
                self.check_shd(times, units, "u2", "S")
        for labels, strings in itertools.product(("u1", "i8", "f4"), ("S", h5py.string_dtype())):
            for how in ({}, {"libver": "latest"}):
                with self.subTest(labels=labels, strings=strings, how=how):
                    self.check_shd("f2", "u2", labels, strings, **how)

    def test_half_precision(self):
        """Every number of 16 bits that is a time: finite and not negative."""
        path = self.root / "half.h5"
        times = np.arange(0x7C00, dtype="<u2").view("<f2")
        with h5py.File(path, "w") as file:
            for name, kind, row in (("times", "f2", times), ("units", "u2", np.zeros(len(times), "u2"))):
                file.create_dataset("spikes/" + name, (1,), h5py.vlen_dtype(np.dtype(kind)))[0] = row
            file["labels"] = [0]
        self.expect(self.peer("read", path)[1], "half_000000", "0", "", times, np.zeros(len(times)))

    def error_of(self, fill, *options):
        path = self.root / "bad.h5"
        with h5py.File(path, "w") as file:
            fill(file)
        line = self.peer("read", path, *options)[-1]
        self.assertEqual(line[0], "error")
        self.assertIn(str(path), line[1])
        return line[1]

    def test_datasets_of_other_forms(self):
        def shd(**changed):
            def fill(file):
                rows = {"spikes/times": np.zeros(2), "spikes/units": np.zeros(2), "labels": np.zeros(2), **changed}
                for name, data in rows.items():
                    if data is not None:
                        file[name] = data
            return fill

        for message, fill in (
            ("no /labels in it", shd(labels=None)),
            ("holds no numbers", shd(labels=np.array(["a", "b"], "S"))),
            ("holds nothing", shd(labels=h5py.Empty("f4"))),
            ("there are 3 labels", shd(labels=np.zeros(3))),
            ("it holds bias, weights", lambda file: file.update(weights=1, bias=2)),
            ("it holds nothing", lambda file: None),
            ("/train_labels: holds no strings", lambda file: [file.create_group(f"train_{name}") for name in ("timestamps", "addresses")]
             and file.update(train_labels=[1, 2])),
        ):
            with self.subTest(message=message):
                self.assertIn(message, self.error_of(fill))
        # Lists of one length each are no sequences of variable length: named for every recording.
        path = self.root / "even.h5"
        with h5py.File(path, "w") as file:
            shd()(file)
        self.assertIn("variable length", self.peer("read", path)[1][6])

    def test_written(self):
        path = self.root / "ours.h5"
        self.assertEqual(self.peer("write", path), [])
        with h5py.File(path) as file:
            for name in ("float16", "float32", "float64", "int64", "uint8", "uint16", "uint32"):
                numbers, rows = file["numbers/" + name], file["rows/" + name]
                self.assertEqual((numbers.dtype, numbers[:].tolist()), (np.dtype(name), [[0, 1, 2], [3, 4, 250]]))
                self.assertEqual(h5py.check_vlen_dtype(rows.dtype), np.dtype(name))
                self.assertEqual([row.tolist() for row in rows], [[0, 1, 2, 3][:n] for n in range(5)])
            self.assertEqual((file["scalar"].shape, file["scalar"][()]), ((), 0.1))
            self.assertEqual(list(file["strings"].asstr()), ["null", "", "fünf"])
            self.assertEqual(file["text"].asstr()[()], "one string")
            self.assertEqual(len(file["empty/group"]), 0)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
