"""Every bin that ossicle-rebin writes, checked by tests/reference/check_rebin.py. Usage: test_rebin.py FOLDER_OF_THE_TOOLS

Files are made here in the layouts of N-TIDIGITS18 and SHD and as text, with events on and beside the edges of bins. Without h5py
those of HDF5 are skipped.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/reference"))
import check_rebin  # noqa: E402
import numpy as np  # noqa: E402

try:
    import h5py
except ImportError:
    h5py = None
    print("SKIPPED: no h5py, so HDF5 files are not tried")

TOOL = pathlib.Path(sys.argv.pop() if len(sys.argv) > 1 else ".").resolve() / "ossicle-rebin"
DIGITS = "o123456789z"
WAYS = ([], ["--count"], ["--bin-ms", "1"], ["--bin-ms", "7.7", "--count"], ["--steps", "300"], ["--steps", "17", "--count"],
        ["--max-steps", "100"], ["--steps-fixed", "100"], ["--steps-fixed", "400", "--count"],
        ["--channels", "16", "--count"], ["--channels", "3"])


def events(random, n_channels, unsorted=False):
    """Times of 1 us, among them edges of bins of 1, 3 and 7.7 ms and their neighbours, and channels."""
    edges = np.concatenate([np.round(random.integers(0, 110, 20) * width, 4) for width in (1.0, 3.0, 7.7)]) / 1000
    times = np.concatenate([random.integers(0, 900_000, 300) * 1e-6, edges, edges + 1e-6, np.maximum(edges - 1e-6, 0)])
    times = np.round(times, 7)
    if not unsorted:
        times.sort()
    return times, random.integers(0, n_channels, len(times))


def write_ntidigits(path, random):
    """Speakers in either train or test, sample a and b of every digit and one recording of five digits each."""
    with h5py.File(path, "w") as file:
        for part in ("train", "test"):
            keys = [f"{gender}-{part[1]}{i}-{sample}-{digits}" for i, gender in enumerate(("man", "woman", "boy"))
                    for sample in "ab" for digits in (*DIGITS, "7o55z")]
            random.shuffle(keys)
            file[part + "_labels"] = np.array(keys, "S")
            for key in keys:
                times, channels = events(random, 64, unsorted=key.endswith("-a-3"))
                file[f"{part}_timestamps/{key}"] = times
                file[f"{part}_addresses/{key}"] = channels.astype("u1")


def write_shd(path, random):
    with h5py.File(path, "w") as file:
        rows = [events(random, 700) for _ in range(30)]
        for name, kind, column in (("times", "f2", 0), ("units", "u2", 1)):
            data = file.create_dataset("spikes/" + name, (len(rows),), h5py.vlen_dtype(np.dtype(kind)))
            for i, row in enumerate(rows):
                data[i] = row[column].astype(kind)
        file["labels"] = random.integers(0, 3, len(rows)).astype("u2")
        file["extra/keys"] = np.array(["zero", "one", "two"], "S")
        file["extra/speaker"] = np.zeros(len(rows), "u2")


class EveryBin(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.random = np.random.default_rng(18)

    def rebin(self, *arguments, code=0, says=()):
        """The stream; with an exit code of 2 there is none."""
        done = subprocess.run([TOOL, *map(str, arguments), "-o", "out.tar"], cwd=self.root, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=240, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        for message in says:
            self.assertIn(message, done.stderr)
        return self.root / "out.tar"

    def check(self, stream, *arguments):
        findings, n_records, n_bins = check_rebin.check(stream, check_rebin.parse([str(stream), *map(str, arguments)]))
        self.assertEqual(findings, [])
        self.assertGreater(n_bins, n_records)
        return n_records

    @unittest.skipUnless(h5py, "no h5py here")
    def test_ntidigits(self):
        path = self.root / "n.hdf5"
        write_ntidigits(path, self.random)
        expected = {("official", False): 66, ("official", True): 72, ("ab", False): 44, ("ab", True): 48}
        for (split, sequences), n in expected.items():
            for part in ("train", "test"):
                which = ["--part", part, "--split", split, *(["--sequences"] if sequences else [])]
                for way in WAYS if part == "test" else WAYS[:1]:
                    with self.subTest(which=which, way=way):
                        self.assertEqual(self.check(self.rebin(path, *which, *way), "--hdf5", path, *which), n)

    @unittest.skipUnless(h5py, "no h5py here")
    def test_shd(self):
        path = self.root / "shd_test.h5"
        write_shd(path, self.random)
        for way in WAYS:
            with self.subTest(way=way):
                self.assertEqual(self.check(self.rebin(path, *way), "--hdf5", path), 30)

    @unittest.skipUnless(h5py, "no h5py here")
    def test_hdf5_options(self):
        write_ntidigits(self.root / "n.hdf5", self.random)
        for name in ("shd_a.h5", "shd_b.h5", "shd_c.h5"):
            write_shd(self.root / name, self.random)
        with h5py.File(self.root / "shd_c.h5", "a") as file:
            file["extra/keys"][2] = b"three"
        for message, *arguments in (
                ("give --part train or test", "n.hdf5"),
                ("valid not in {train,test}", "n.hdf5", "--part", "valid"),
                ("apply to N-TIDIGITS; SHD has a file for each part", "shd_a.h5", "--part", "train"),
                ("has the layout of shd, not of --format ntidigits", "shd_a.h5", "--format", "ntidigits", "--part", "test"),
                ("has the layout of ntidigits, not of --format shd", "n.hdf5", "--format", "shd"),
                ("--time-unit applies to text only", "n.hdf5", "--part", "test", "--time-unit", "s"),
                ("give them one at a time", "shd_a.h5", "shd_b.h5", "--shard", "1/2"),
                ("does not go with shd_a.h5: classes: class 2 is", "shd_a.h5", "shd_c.h5"),
                ("does not go with shd_a.h5: n_channels: 700 against 64", "shd_a.h5", "n.hdf5")):
            with self.subTest(arguments=arguments):
                self.rebin(*arguments, code=2, says=[message])
                self.assertFalse((self.root / "out.tar").exists())
        header, records = check_rebin.read_stream(self.rebin("shd_a.h5", "shd_b.h5"))
        self.assertEqual((header["classes"], len(records)), (["zero", "one", "two"], 60))
        (self.root / "classes").write_text("\n".join("z123456789o"))
        header, _ = check_rebin.read_stream(self.rebin("n.hdf5", "--part", "test", "--classes", "classes"))
        self.assertEqual("".join(header["classes"]), "z123456789o")
        self.assertIn(["ossicle-rebin input", "ntidigits, part test of split official, single digits"], header["made_by"])

    @unittest.skipUnless(h5py, "no h5py here")
    def test_hdf5_shards(self):
        write_ntidigits(self.root / "n.hdf5", self.random)
        write_shd(self.root / "s.h5", self.random)
        for arguments in (["n.hdf5", "--part", "train"], ["s.h5", "--count"]):
            header, whole = check_rebin.read_stream(self.rebin(*arguments))
            joined = b"".join(self.rebin(*arguments, "--shard", f"{i}/4").read_bytes() for i in (1, 2, 3, 4))
            (self.root / "joined.tar").write_bytes(joined)
            joined_header, records = check_rebin.read_stream(self.root / "joined.tar")
            self.assertEqual((joined_header, [record for record, _ in records]), (header, [record for record, _ in whole]))

    @unittest.skipUnless(h5py, "no h5py here")
    def test_hdf5_damage(self):
        path = self.root / "n.hdf5"
        write_ntidigits(path, self.random)
        train = ["n.hdf5", "--part", "train"]
        with h5py.File(path, "a") as file:
            del file["train_addresses/man-r0-a-o"]
            for key, times, channels in (("man-r0-a-1", [0.1, 0.2], [3]), ("man-r0-a-2", [-0.1], [3]),
                                         ("man-r0-a-4", [0.1], [64]), ("man-r0-a-5", [1e6 * 0.9], [3]), ("man-r0-a-6", [], [])):
                for group, values in (("timestamps", times), ("addresses", channels)):
                    del file[f"train_{group}/{key}"]
                    file[f"train_{group}/{key}"] = np.array(values, "f8" if group == "timestamps" else "i4")
        stream = self.rebin(*train, code=1, says=["man-r0-a-o: ", "man-r0-a-1: ", "man-r0-a-2: ", "man-r0-a-4: ", "man-r0-a-6: ",
                                                  "man-r0-a-5: an utterance of 900000 s is longer than an hour"])
        self.assertEqual(len(check_rebin.read_stream(stream)[1]), 60)
        stream.unlink()
        data = path.read_bytes()
        for name, bytes_of in (("half", data[:len(data) // 2]), ("head", data[:8])):
            (self.root / "n.hdf5").write_bytes(bytes_of)
            self.rebin(*train, code=2, says=["n.hdf5"])
            self.assertFalse(stream.exists(), name)
        path.write_bytes(data)
        with h5py.File(path, "a") as file:
            del file["train_addresses"]
        self.rebin(*train, code=2, says=["no /train_addresses in it"])
        self.rebin("n.hdf5", "--part", "test")

    def test_text(self):
        names = []
        for i in range(20):
            times, channels = events(self.random, 64, unsorted=i == 3)
            lines = [f"{channel},{time * 1000:.4f}" for channel, time in zip(channels, times)]
            names.append(f"t{i}.txt")
            (self.root / names[-1]).write_text("# channel, time in ms\n" + "\n".join(lines))
        for way in WAYS:
            with self.subTest(way=way):
                stream = self.rebin(*names, "--time-unit", "ms", "--input-channels", 64, *way)
                found = check_rebin.text_events([self.root / name for name in names], "ms")
                header, records = check_rebin.read_stream(stream)
                self.assertEqual(list(check_rebin.check_bins(header, records, found)), [])
                self.assertEqual(len(records), 20)

    def test_the_checker_finds_one_wrong_bin(self):
        (self.root / "a.txt").write_text("3 0.5\n7 0.0051\n")
        stream = self.rebin("a.txt", "--time-unit", "s", "--input-channels", 64)
        header, [(record, array)] = check_rebin.read_stream(stream)
        found = {"a": ([0.5, 0.0051], [3, 7])}
        self.assertEqual(list(check_rebin.check_bins(header, [(record, array)], found)), [])
        self.assertTrue(array[1, 7])
        array[1, 7] = False
        self.assertEqual(list(check_rebin.check_bins(header, [(record, array)], found)),
                         ["a: step 1, channel 7: False, wanted True"])
        array[1, 7] = True
        for change in ({"dt_ms": 3.1}, {"n_steps": 166}):
            self.assertEqual(len(list(check_rebin.check_bins(header, [({**record, **change}, array)], found))), 1)
        other = json.loads(json.dumps(header))
        other["recipe"][-1]["params"]["bin_ms"] = 2.0
        self.assertEqual(len(list(check_rebin.check_bins(other, [(record, array)], found))), 1)


if __name__ == "__main__":
    unittest.main()
