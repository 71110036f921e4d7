"""Shards made by GNU parallel, joined, are the single run, record by record. Usage: test_shards.py FOLDER_OF_THE_TOOLS

A tool that is not in the folder is named and passed over; without GNU parallel everything is skipped.
"""

import importlib.util
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "datasets/ti46"))
import sphere  # noqa: E402

TOOLS = pathlib.Path(sys.argv.pop() if len(sys.argv) > 1 else ".").resolve()
SLURM_ARRAY = ROOT / "datasets/slurm_array.sh"
N_RECORDINGS = 23  # a prime: the parts differ in size
CUT = 7  # this recording is cut short
N_SHARDS = 5
MANY_SHARDS = 29  # more than recordings: some are empty


def read_stream(path):
    """(header, [(name, bytes)] of the records' members, number of parts): each part has header and end."""
    with tarfile.open(path, "r|", ignore_zeros=True) as tar:
        members = [(member.name, tar.extractfile(member).read()) for member in tar]
    headers = [data for name, data in members if name == "__header__"]
    assert headers and all(data == headers[0] for data in headers), f"{path}: the parts' headers differ"
    return headers[0], [each for each in members if each[0] not in ("__header__", "__end__")], len(headers)


def difference(got, wanted):
    """Where two streams as read_stream gives them differ, in few words; empty if nowhere."""
    if got[0] != wanted[0]:
        return f"header {got[0]} and {wanted[0]}"
    names = [[name for name, _ in records] for records in (got[1], wanted[1])]
    if names[0] != names[1]:
        return f"{len(names[0])} and {len(names[1])} members, or their order: {' '.join(names[0])} and {' '.join(names[1])}"
    return "".join(f"bytes of {name}; " for (name, data), (_, other) in zip(got[1], wanted[1]) if data != other)


class RunsTools(unittest.TestCase):
    """A folder with short recordings of noise, one of them cut short, and a list of them."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        noise = random.Random(1)
        lines = ["path\tlabel\tspeaker\tkey"]
        for i in range(N_RECORDINGS):
            n_samples = 1500 + 97 * i
            sphere.write(self.root / f"{i}.sph", noise.randbytes(2 * n_samples), 12500, n_samples if i == CUT else None)
            lines.append(f"{i}.sph\t{'ab'[i % 2]}\ts\tr{i}")
        (self.root / "list.tsv").write_text("\n".join(lines) + "\n")

    def run_here(self, *command, codes=(0,), **variables):
        done = subprocess.run([str(word) for word in command], cwd=self.root, env={**os.environ, **variables}, timeout=240,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False)
        self.assertIn(done.returncode, codes, done.stderr.decode())
        return done

    def tool(self, name):
        """The path of a tool that takes --shard; without it the test is skipped."""
        if not (TOOLS / name).exists():
            self.skipTest(f"{name} is not built")
        return TOOLS / name

    def lyon(self):
        return (self.tool("ossicle-lyon"), "--list", "list.tsv", "--jobs", 1)


class Shards(RunsTools):
    def check_joined(self, command, n_records, codes=(0,)):
        """The two ways of datasets/README.md: output in the order of the parts, and a file a part."""
        self.run_here(*command, "-o", "whole.tar", codes=codes)
        header, records, n_parts = read_stream(self.root / "whole.tar")
        self.assertEqual((len(records), n_parts), (2 * n_records, 1))
        for n in (N_SHARDS, MANY_SHARDS):
            shards = [str(i) for i in range(1, n + 1)]
            # Its exit code is the number of parts that did not end with 0: those with a recording that cannot be used.
            done = self.run_here("parallel", "--keep-order", "--quote", *command, "--shard", f"{{}}/{n}", ":::", *shards, codes=codes)
            (self.root / "ordered.tar").write_bytes(done.stdout)
            self.run_here("parallel", "--quote", "--halt", "soon,fail=1", "env", "SLURM_ARRAY_TASK_ID={}", SLURM_ARRAY, n, "files.tar",
                          *command, ":::", *shards)
            self.assertEqual(len(list(self.root.glob("files.tar.*-of-*"))), n)
            self.run_here(SLURM_ARRAY, n, "files.tar")
            self.assertEqual(list(self.root.glob("files.tar.*")), [])
            for joined in ("ordered.tar", "files.tar"):
                with self.subTest(n=n, joined=joined):
                    found = read_stream(self.root / joined)
                    self.assertEqual(difference(found, (header, records)), "")
                    self.assertEqual(found[2], n)
        return "files.tar"

    def test_lyon(self):
        joined = self.check_joined(self.lyon(), N_RECORDINGS - 1, codes=(1,))  # one recording is cut short
        keys = [name for name, _ in read_stream(self.root / joined)[1]]
        self.assertEqual(keys, [f"r{i}.{kind}" for i in range(N_RECORDINGS) if i != CUT for kind in ("npy", "json")])
        info = self.run_here(self.tool("ossicle-info"), joined).stdout.decode()  # our own reader takes it for one stream
        self.assertIn(str(N_RECORDINGS - 1), info)

    def test_encode(self):
        """Of a stream: what --shard shares out is its records."""
        self.run_here(*self.lyon(), "-o", "ear.tar", codes=(1,))
        encode = self.tool("ossicle-encode")
        for method in ("bsa", "poisson"):  # without chance and with it
            with self.subTest(method=method):
                self.check_joined((encode, "ear.tar", "--method", method), N_RECORDINGS - 1)

    def test_convert(self):
        """Back from NumPy's container; a stream made of records is shared out like any other."""
        self.run_here(*self.lyon(), "-o", "ear.tar", codes=(1,))
        convert = self.tool("ossicle-convert")
        self.run_here(convert, "ear.tar", "-o", "ear.npz")
        self.check_joined((convert, "ear.npz", "--to", "stream"), N_RECORDINGS - 1)

    def test_rebin_text(self):
        rebin = self.tool("ossicle-rebin")
        chance = random.Random(2)
        for i in range(N_RECORDINGS):
            times = sorted(chance.uniform(0.0, 0.3) for _ in range(200))
            (self.root / f"{i}.txt").write_text("".join(f"{chance.randrange(64)} {time:.6f}\n" for time in times))
        (self.root / "events.tsv").write_text((self.root / "list.tsv").read_text().replace(".sph", ".txt"))
        text = (rebin, "--list", "events.tsv", "--time-unit", "s", "--input-channels", 64)
        self.check_joined(text, N_RECORDINGS)
        self.run_here(*text, "--bin-ms", 1, "-o", "fine.tar")
        self.check_joined((rebin, "fine.tar", "--bin-ms", 3, "--count"), N_RECORDINGS)

    @unittest.skipUnless(importlib.util.find_spec("h5py"), "h5py is not installed")
    def test_rebin_hdf5(self):
        import h5py

        rebin = self.tool("ossicle-rebin")
        chance = random.Random(3)
        keys = [f"man-x{i}-{sample}-{digits}" for i in range(N_RECORDINGS) for sample, digits in (("a", "o1z456789"[i % 9]), ("b", "12"))]
        with h5py.File(self.root / "n-tidigits.hdf5", "w") as file:
            for part in ("train", "test"):
                file[f"{part}_labels"] = [key.encode() for key in keys]
                for key in keys:
                    file[f"{part}_timestamps/{key}"] = sorted(chance.uniform(0.0, 0.9) for _ in range(300))
                    file[f"{part}_addresses/{key}"] = [chance.randrange(64) for _ in range(300)]
        command = (rebin, "n-tidigits.hdf5", "--part", "train")
        self.check_joined(command, N_RECORDINGS)  # the connected digits are left out, in parts as in the whole
        with h5py.File(self.root / "shd.h5", "w") as file:
            for name, kind in (("times", "f2"), ("units", "u2")):
                rows = file.create_dataset(f"spikes/{name}", (N_RECORDINGS,), dtype=h5py.vlen_dtype(kind))
                for i in range(N_RECORDINGS):
                    row = [chance.uniform(0.0, 0.9) if name == "times" else chance.randrange(700) for _ in range(300)]
                    rows[i] = sorted(row) if name == "times" else row
            file["labels"] = [i % 20 for i in range(N_RECORDINGS)]
            file["extra/speaker"] = [i % 12 for i in range(N_RECORDINGS)]
            file["extra/keys"] = [f"word {i}".encode() for i in range(20)]
        self.check_joined((rebin, "shd.h5", "--steps", 50, "--channels", 70), N_RECORDINGS)


class SlurmArray(RunsTools):
    """What the script of an array refuses. Tasks that do their work: test_slurm.py."""

    def test_a_part_that_failed_leaves_nothing_to_join(self):
        (self.root / "all.tar.1-of-1").write_text("of an earlier run")
        self.run_here(SLURM_ARRAY, 1, "all.tar", *self.lyon(), "--strict", codes=(2,), SLURM_ARRAY_TASK_ID="1")
        self.run_here(SLURM_ARRAY, 1, "all.tar", codes=(2,))

    def test_what_cannot_be_done_is_said(self):
        for index in ("", "0", "4", "x", "01"):
            refused = self.run_here(SLURM_ARRAY, 3, "all.tar", "true", codes=(2,), SLURM_ARRAY_TASK_ID=index)
            self.assertIn(b"wanted 1 to 3", refused.stderr)
        for arguments in ((), (3,), (0, "all.tar"), ("x", "all.tar")):
            self.assertIn(b"usage", self.run_here(SLURM_ARRAY, *arguments, codes=(2,)).stderr)


if __name__ == "__main__":
    if not shutil.which("parallel"):
        print("SKIPPED: GNU parallel is not installed")
        sys.exit(0)
    unittest.main()
