"""scripts/read_stream.py: streams that are whole, and what is wrong with others."""

import io
import json
import sys
import tarfile
import unittest
import zlib

from tree import ROOT

try:
    import numpy as np
except ImportError:
    print("SKIPPED: no NumPy")
    sys.exit(0)

sys.path.insert(0, str(ROOT / "scripts"))
from read_stream import read_records, read_stream  # noqa: E402

HEADER = {"classes": ["no"]}


def members_of(*keys):
    """[(name, bytes)] of a stream with these records, each an array of one number."""
    members = [("__header__", json.dumps(HEADER).encode())]
    for value, key in enumerate(keys):
        file = io.BytesIO()
        np.save(file, np.array([[value]], np.float32))
        record = {"key": key, "npy_crc32": f"{zlib.crc32(file.getvalue()):08x}"}
        members += [(f"{key}.npy", file.getvalue()), (f"{key}.json", json.dumps(record).encode())]
    crc = zlib.crc32("".join(f"{key}\n" for key in keys).encode())
    return members + [("__end__", json.dumps({"n_records": len(keys), "keys_crc32": f"{crc:08x}"}).encode())]


def tar_of(members):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as tar:
        for name, data in members:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return file.getvalue()


class ReadStream(unittest.TestCase):
    def keys(self, data):
        header, found = read_stream(io.BytesIO(data))
        self.assertEqual(header, HEADER)
        return [(record["key"], float(array[0, 0])) for record, array in found]

    def wrong(self, data, said):
        with self.assertRaisesRegex(ValueError, said):
            self.keys(data)

    def test_whole_and_joined(self):
        one, other = tar_of(members_of("a", "b")), tar_of(members_of("c"))
        self.assertEqual(self.keys(one), [("a", 0), ("b", 1)])
        self.assertEqual(self.keys(one + other), [("a", 0), ("b", 1), ("c", 0)])
        self.assertEqual(next(iter(read_records(io.BytesIO(one))))[1]["key"], "a")  # whoever stops early need not reach the end
        self.wrong(tar_of(members_of()), "no record")

    def test_cut(self):
        members = members_of("a", "b")
        self.wrong(tar_of(members[:-1]), "ends after 2 records without __end__: the stream was cut")
        self.wrong(tar_of(members[:3]), "ends after 1 records without __end__")
        self.wrong(tar_of(members[:3]) + tar_of(members), "a second stream begins after 1 records without __end__")
        self.wrong(tar_of(members)[:512 * 3 + 20], "unexpected end of data")

    def test_records_that_are_missing_or_others(self):
        members = members_of("a", "b")
        self.wrong(tar_of(members[:1] + members[3:]), "1 records were read, 2 were written: some are missing")
        self.wrong(tar_of([members[0], *members[3:5], *members[1:3], members[5]]), "the keys or their order differ")
        self.wrong(tar_of([*members[:2], ("a.json", members[2][1].replace(b'crc32": "', b'crc32": "x'))]), "a: the checksum of its array is")


if __name__ == "__main__":
    unittest.main()
