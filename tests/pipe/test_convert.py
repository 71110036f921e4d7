#!/usr/bin/env python3
"""ossicle-convert against readers that know nothing of it: numpy.load, a reader of Kaldi's archives written here from Kaldi's
format, h5py where it is installed.

usage: test_convert.py TOOLS_DIR Numpy|Hdf5
"""
import io
import json
import os
import pathlib
import struct
import subprocess
import sys
import tarfile
import tempfile
import unittest
import zlib

import numpy as np

try:
    import h5py
except ImportError:
    h5py = None

TOOLS = pathlib.Path(sys.argv[1])
CLASSES = ["null", "eins", "zwei drei", "dürr"]
N_CHANNELS = 5
TYPES = {"cochleagram": np.float32, "raster": np.bool_, "counts": np.uint16, "events": np.uint32}


def sealed(fields):
    """FORMAT.md 5.2."""
    text = json.dumps(fields, separators=(",", ":"), ensure_ascii=False)[:-1].encode() + b',"crc32":"00000000"}\n'
    return text[:-11] + f"{zlib.crc32(text):08x}".encode() + text[-3:]


def make_records(kind):
    """(metadata, array) of twenty records of different lengths."""
    random = np.random.default_rng(11)
    for i in range(20):
        n_steps = 3 + 7 * i % 11
        if kind == "events":
            array = np.sort(random.integers(0, n_steps, (4 * i, 2)), axis=0).astype(np.uint32)
            array[:, 1] %= N_CHANNELS
        elif kind == "cochleagram":
            array = random.standard_normal((n_steps, N_CHANNELS)).astype(np.float32)
        else:
            array = random.integers(0, 2 if kind == "raster" else 4, (n_steps, N_CHANNELS)).astype(TYPES[kind])
        several = i % 5 == 4
        yield {"key": f"utt-{19 - i:02}", "label": "" if several or i == 3 else CLASSES[i % 4],
               "sequence": [CLASSES[2], CLASSES[0]] if several else [], "speaker": f"Ä{i % 3}" if i % 2 else "",
               "n_steps": n_steps, "dt_ms": 2.96, "decimation": 1 + i}, array


def make_stream(kind):
    header = {"format": "ossicle-stream", "version": 2, "kind": kind, "n_channels": N_CHANNELS, "dt_ms": 2.96,
              "classes": CLASSES, "recipe": [{"tool": "x", "params": {"a": 1.5}}], "made_by": [["x", "1"]]}
    keys_crc, members = 0, [("__header__", sealed(header))]
    for meta, array in make_records(kind):
        npy = io.BytesIO()
        np.save(npy, array)
        members += [(meta["key"] + ".npy", npy.getvalue()),
                    (meta["key"] + ".json", sealed({**meta, "npy_crc32": f"{zlib.crc32(npy.getvalue()):08x}"}))]
        keys_crc = zlib.crc32(meta["key"].encode() + b"\n", keys_crc)
    members.append(("__end__", sealed({"n_records": 20, "keys_crc32": f"{keys_crc:08x}"})))
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def read_stream(data):
    """Header, and (metadata, array) of the records."""
    header, records, array = None, [], None
    with tarfile.open(fileobj=io.BytesIO(data), mode="r|", ignore_zeros=True) as tar:
        for member in tar:
            data = tar.extractfile(member).read()
            if member.name == "__header__":
                header = json.loads(data)
            elif member.name.endswith(".npy"):
                array = np.load(io.BytesIO(data))
            elif member.name.endswith(".json"):
                records.append((json.loads(data), array))
    return header, records


def read_ark(data):
    """Kaldi's binary archive: KEY, blank, NUL B, FM or DM, blank, \\4 rows, \\4 columns, numbers."""
    at, matrices = 0, {}
    while at < len(data):
        end = data.index(b" ", at)
        key, kind = data[at:end].decode(), data[end + 1 : end + 6]
        assert kind in (b"\0BFM ", b"\0BDM "), kind
        four, rows, four_too, columns = struct.unpack_from("<bibi", data, end + 6)
        assert four == four_too == 4
        numbers = np.frombuffer(data, "<f4" if kind == b"\0BFM " else "<f8", rows * columns, end + 16)
        matrices[key] = numbers.reshape(rows, columns)
        at = end + 16 + numbers.nbytes
    return matrices


def convert(*words, data=None, env=None):
    done = subprocess.run([str(TOOLS / "ossicle-convert"), *map(str, words)], input=data, capture_output=True, env=env)
    if done.returncode != 0:
        raise AssertionError(f"ossicle-convert {words}: {done.returncode}: {done.stderr.decode()}")
    return done.stdout


class Conversion(unittest.TestCase):
    def setUp(self):
        self.temp = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.temp.name)

    def tearDown(self):
        self.temp.cleanup()

    def assert_same(self, one, other):
        """Headers and records of two streams."""
        (header, records), (other_header, other_records) = read_stream(one), read_stream(other)
        self.assertEqual(header, other_header)
        self.assertEqual([meta for meta, _ in records], [meta for meta, _ in other_records])


class Numpy(Conversion):
    def test_npz(self):
        for kind in ("cochleagram", "raster", "counts"):
            stream, path = make_stream(kind), self.folder / f"{kind}.npz"
            convert("-", "-o", path, data=stream)
            found = np.load(path, allow_pickle=False)
            self.assertEqual(found["X"].dtype, TYPES[kind])
            self.assertEqual(found["X"].shape, (20, 13, N_CHANNELS))
            self.assertEqual(list(found["classes"]), CLASSES)
            self.assertEqual(json.loads(str(found["header"]))["kind"], kind)
            for i, (meta, array) in enumerate(make_records(kind)):
                np.testing.assert_array_equal(found["X"][i, : meta["n_steps"]], array)
                self.assertFalse(found["X"][i, meta["n_steps"] :].any())
                self.assertEqual(found["y"][i], CLASSES.index(meta["label"]) if meta["label"] else -1)
                for name, field in (("keys", "key"), ("speakers", "speaker"), ("n_steps", "n_steps"), ("dt_ms", "dt_ms"),
                                    ("decimation", "decimation")):
                    self.assertEqual(found[name][i], meta[field])
                self.assertEqual(str(found["sequences"][i]), "2 0" if meta["sequence"] else "")
            self.assert_same(convert(path), stream)

    def test_npz_of_events(self):
        stream, path = make_stream("events"), self.folder / "a.npz"
        convert("-", "-o", path, data=stream)
        found = np.load(path, allow_pickle=False)
        for i, (_, array) in enumerate(make_records("events")):
            np.testing.assert_array_equal(found["X"][found["offsets"][i] : found["offsets"][i + 1]], array)
        self.assert_same(convert(path), stream)

    def test_npz_of_numpy(self):
        for save in (np.savez, np.savez_compressed):
            x = np.random.default_rng(1).random((7, 6, 3))
            save(self.folder / "a.npz", X=x, y=np.array(["b", "a", "c", "", "a", "b", "b"]),
                 keys=np.array([f"k{i}" for i in range(7)]), speakers=np.array(["ü"] * 7))
            header, records = read_stream(convert(self.folder / "a.npz", "--dt-ms", 5))
            self.assertEqual((header["kind"], header["dt_ms"], header["classes"]), ("cochleagram", 5.0, ["a", "b", "c"]))
            self.assertEqual(header["recipe"], [{"tool": "ossicle-convert", "params": {"from": "npz"}}])
            self.assertEqual([meta["label"] for meta, _ in records], ["b", "a", "c", "", "a", "b", "b"])
            self.assertEqual([meta["key"] for meta, _ in records], [f"k{i}" for i in range(7)])
            np.testing.assert_array_equal([array for _, array in records], x.astype(np.float32))
        np.savez(self.folder / "b.npz", one=np.eye(3, dtype=np.int64), two=np.zeros((2, 3), np.int64), y=np.array([1, 0]))
        header, records = read_stream(convert(self.folder / "b.npz", "--dt-ms", 5))
        self.assertEqual([(meta["key"], meta["label"]) for meta, _ in records], [("one", "1"), ("two", "0")])
        np.testing.assert_array_equal(records[0][1], np.eye(3))
        self.assertEqual(header["kind"], "counts")

    def test_npz_of_numpy_of_every_layout(self):
        x = np.random.default_rng(2).integers(0, 9, (4, 6, 3), np.uint16)
        for array in (np.asfortranarray(x), np.asfortranarray(x.astype(np.float64))):
            np.savez_compressed(self.folder / "f.npz", X=array)
            _, records = read_stream(convert(self.folder / "f.npz", "--dt-ms", 5, "--kind", "counts"))
            np.testing.assert_array_equal([array for _, array in records], x)
        np.savez(self.folder / "u.npz", **{"你好": np.asfortranarray(x[0]), "再见": x[1], "dürr": x[2]})
        environment = {**os.environ, "LC_ALL": "C"}
        _, records = read_stream(convert(self.folder / "u.npz", "--dt-ms", 5, env=environment))
        np.testing.assert_array_equal([array for _, array in records], x[:3])
        self.assertEqual(len({meta["key"] for meta, _ in records}), 3)

    def test_kaldi(self):
        for kind in ("cochleagram", "raster", "counts"):
            stream, path = make_stream(kind), self.folder / kind
            convert("-", "--to", "kaldi", "-o", path, data=stream)
            data = (path / "feats.ark").read_bytes()
            matrices, text = read_ark(data), {}
            for line in (path / "text").read_text().splitlines():
                text[line.split()[0]] = line.split()[1:]
            scp = dict(line.split() for line in (path / "feats.scp").read_text().splitlines())
            self.assertEqual(list(scp), sorted(scp))
            for meta, array in make_records(kind):
                np.testing.assert_array_equal(matrices[meta["key"]], array.astype(np.float32))
                file, offset = scp[meta["key"]].split(":")
                self.assertEqual(pathlib.Path(file), path / "feats.ark")
                self.assertEqual(data[int(offset) : int(offset) + 5], b"\0BFM ")
                words = meta["sequence"] or ([meta["label"]] if meta["label"] else [])
                self.assertEqual(text[meta["key"]], [word.replace(" ", "_") for word in words])
            self.assert_same(convert(path), stream)
            self.assertEqual(convert("-", "--to", "kaldi", data=stream), data)

    def test_text(self):
        for kind in ("raster", "counts", "events"):
            convert("-", "--to", "text", "--time-unit", "ms", "-o", self.folder / kind, data=make_stream(kind))
            for meta, array in make_records(kind):
                lines = (self.folder / kind / f"{meta['key']}.txt").read_text().splitlines()
                found = np.array([line.split() for line in lines[1:]], float).reshape(-1, 2)
                self.assertEqual(lines[0], f"# channel time, ms; {N_CHANNELS} channels; {meta['n_steps']} steps of 2.96 ms")
                if kind != "events":
                    array = np.repeat(np.argwhere(array), array[array > 0].astype(int), axis=0)
                np.testing.assert_array_equal(found[:, 0], array[:, 1])
                np.testing.assert_allclose(found[:, 1], (array[:, 0] + 0.5) * 2.96, rtol=1e-14)  # a few roundings
            _, records = read_stream(convert("--from", "text", self.folder / kind, "--time-unit", "ms", "--input-channels", N_CHANNELS,
                                             "--dt-ms", 2.96))
            if kind == "events":
                for (_, array), (_, back) in zip(make_records(kind), records):
                    np.testing.assert_array_equal(back, array)


@unittest.skipIf(h5py is None, "h5py is not installed")
class Hdf5(Conversion):
    def test_shd(self):
        for kind in ("raster", "counts", "events"):
            stream, path = make_stream(kind), self.folder / f"{kind}.h5"
            convert("-", "-o", path, data=stream)
            with h5py.File(path) as file:
                for i, (meta, array) in enumerate(make_records(kind)):
                    if kind != "events":
                        array = np.repeat(np.argwhere(array), array[array > 0].astype(int), axis=0)
                    np.testing.assert_array_equal(file["spikes/units"][i], array[:, 1])
                    np.testing.assert_allclose(file["spikes/times"][i], (array[:, 0] + 0.5) * 2.96e-3, rtol=1e-14)
                    self.assertEqual(file["labels"][i], CLASSES.index(meta["label"]) if meta["label"] else -1)
                    self.assertEqual(file["ossicle/speakers"][file["extra/speaker"][i]].decode(), meta["speaker"])
                self.assertEqual([name.decode() for name in file["extra/keys"]], CLASSES)
            self.assert_same(convert(path), stream)


if __name__ == "__main__":
    if h5py is None and "Hdf5" in sys.argv:
        print("SKIPPED: h5py is not installed for this interpreter")
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
