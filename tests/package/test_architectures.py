"""The CUDA library holds machine code and PTX for every architecture that it was built for.

  test_architectures.py LIBRARY ARCHITECTURE...      as in CMAKE_CUDA_ARCHITECTURES: 90-real, 90-virtual, or 90 for both

The headers of a fat binary are not documented; those of CUDA 13 are, as seen: 32 bits of magic, then version and size of the
header (16 bits each) and the size of all entries (64). An entry begins with its kind (16 bits), a version, the sizes
of its header (32) and of its code (64); its architecture is the number at byte 28.
"""

import pathlib
import struct
import sys
import unittest

MAGIC = struct.pack("<I", 0xBA55ED50)
KINDS = {1: "virtual", 2: "real"}


def entries(data):
    """(kind, architecture) of all code in all fat binaries of a file."""
    begin = data.find(MAGIC)
    while begin >= 0:
        _, version, header_size, size = struct.unpack_from("<IHHQ", data, begin)
        end = begin + header_size + size
        if version != 1 or end > len(data):
            raise ValueError(f"fat binary at {begin}: version {version}, {size} bytes")
        at = begin + header_size
        while at < end:
            kind, _, header_size, size = struct.unpack_from("<HHIQ", data, at)
            (architecture,) = struct.unpack_from("<I", data, at + 28)
            yield KINDS[kind], architecture
            at += header_size + size
        begin = data.find(MAGIC, end)


def wanted(architectures):
    for each in architectures:
        number, _, kind = each.partition("-")
        for one in [kind] if kind else ["real", "virtual"]:
            yield one, int(number)


class Architectures(unittest.TestCase):
    def test_code_for_each_and_no_other(self):
        self.assertEqual(sorted(entries(library.read_bytes())), sorted(wanted(architectures)))


if __name__ == "__main__":
    library, architectures = pathlib.Path(sys.argv[1]), sys.argv[2:]
    unittest.main(argv=sys.argv[:1])
