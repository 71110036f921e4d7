#!/usr/bin/env python3
"""Reads and writes the stream with tarfile, numpy and json alone, following FORMAT.md.

usage: test_numpy.py MAKE_STREAM READ_STREAM   (two small programs built from this folder)
"""
import io
import json
import subprocess
import sys
import tarfile
import unittest
import zlib

import numpy as np

MAKE_STREAM, READ_STREAM = sys.argv[1:3]
LONG_KEY = "k" * 150


def crc(data):
    return f"{zlib.crc32(data):08x}"


def seal_is_right(data):
    """FORMAT.md 5.2: the eight digits of the seal count as zeros."""
    return data[-11:-3].decode() == crc(data[:-11] + b"00000000" + data[-3:])


def make(kind):
    return subprocess.run([MAKE_STREAM, kind], check=True, stdout=subprocess.PIPE).stdout


def members(stream):
    with tarfile.open(fileobj=io.BytesIO(stream), mode="r|", ignore_zeros=True) as tar:
        return [(m.name, tar.extractfile(m).read()) for m in tar]


def webdataset_samples(stream):
    """The records as WebDataset's readers find them: names are cut at the first dot of their last part; names without a
    dot, and those that begin and end in two underscores, are skipped."""
    samples = {}
    for name, data in members(stream):
        base = name.rsplit("/", 1)[-1]
        if "." not in base or (name.startswith("__") and name.endswith("__")):
            continue
        key, extension = base.split(".", 1)
        samples.setdefault(key, {})[extension] = data
    return samples


def sealed(fields):
    text = json.dumps(fields, separators=(",", ":"), ensure_ascii=False)[:-1].encode() + b',"crc32":"00000000"}\n'
    return text[:-11] + crc(text).encode() + text[-3:]


class Reading(unittest.TestCase):
    def test_checksums(self):
        for kind in ("cochleagram", "raster", "counts", "events"):
            keys_crc, npy_crc = 0, None
            everything = members(make(kind))
            self.assertEqual([n for n, _ in everything], ["__header__", "first.npy", "first.json",
                                                          LONG_KEY + ".npy", LONG_KEY + ".json", "__end__"])
            for name, data in everything:
                if name.endswith(".npy"):
                    npy_crc = crc(data)
                    continue
                self.assertTrue(seal_is_right(data), name)
                fields = json.loads(data)
                if name.endswith(".json"):
                    self.assertEqual(fields["npy_crc32"], npy_crc)
                    self.assertEqual(fields["key"] + ".json", name)
                    keys_crc = zlib.crc32(fields["key"].encode() + b"\n", keys_crc)
            self.assertEqual(fields["n_records"], 2)
            self.assertEqual(fields["keys_crc32"], f"{keys_crc:08x}")

    def test_header(self):
        header = json.loads(members(make("counts"))[0][1])
        self.assertEqual(header["format"], "ossicle-stream")
        self.assertEqual(header["version"], 2)
        self.assertEqual(header["kind"], "counts")
        self.assertEqual(header["n_channels"], 3)
        self.assertIsNone(header["dt_ms"])
        self.assertEqual(header["classes"], ["0", "1"])
        self.assertEqual(header["recipe"], [{"tool": "ossicle-lyon", "params": {
            "sample_rate_hz": 12500.0, "n_steps": 100, "agc": True, "window": "none"}}])

    def test_values(self):
        n = np.arange(12)
        wanted = {
            "cochleagram": (np.float32(0.1) * n.astype(np.float32)).reshape(4, 3),
            "raster": (n % 2 == 1).reshape(4, 3),
            "counts": (7000 * (n % 9)).astype(np.uint16).reshape(4, 3),
            "events": np.array([[t, 2] for t in range(4)], np.uint32),
        }
        for kind, array in wanted.items():
            samples = webdataset_samples(make(kind))
            found = np.load(io.BytesIO(samples["first"]["npy"]))
            self.assertEqual(found.dtype, array.dtype)
            np.testing.assert_array_equal(found, array)
            record = json.loads(samples[LONG_KEY]["json"])
            self.assertEqual((record["label"], record["speaker"]), ("0", 'M\u00e4rz "q" \\'))
            self.assertEqual((record["n_steps"], record["dt_ms"], record["decimation"]), (2, 8.5, 100))

    def test_webdataset_sees_records_only(self):
        samples = webdataset_samples(make("raster"))
        self.assertEqual(sorted(samples), ["first", LONG_KEY])
        for sample in samples.values():
            self.assertEqual(sorted(sample), ["json", "npy"])

    def test_tar_lists_concatenated_streams(self):
        two = make("raster") + make("raster")
        listed = subprocess.run(["tar", "-tif", "-"], input=two, check=True, stdout=subprocess.PIPE).stdout.decode()
        self.assertEqual(listed.split().count("first.npy"), 2)
        self.assertEqual(listed.split().count("__end__"), 2)


class Writing(unittest.TestCase):
    def test_a_stream_of_tarfile_and_numpy_is_read(self):
        array = io.BytesIO()
        np.save(array, np.arange(6, dtype=np.float32).reshape(2, 3))
        header = {"format": "ossicle-stream", "version": 2, "kind": "cochleagram", "n_channels": 3, "dt_ms": 10.0,
                  "classes": ["zero"], "recipe": [], "made_by": []}
        record = {"key": "u1", "label": "zero", "sequence": [], "speaker": "", "n_steps": 2, "dt_ms": 10.0, "decimation": 1,
                  "npy_crc32": crc(array.getvalue())}
        end = {"n_records": 1, "keys_crc32": crc(b"u1\n")}
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w") as tar:
            for name, data in (("__header__", sealed(header)), ("u1.npy", array.getvalue()), ("u1.json", sealed(record)),
                               ("__end__", sealed(end))):
                info = tarfile.TarInfo(name)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
        found = subprocess.run([READ_STREAM], input=stream.getvalue(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual((found.returncode, found.stderr), (0, b""))
        self.assertEqual(found.stdout, b"u1 zero  2\n")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
