"""What an input is, by its first bytes."""

import unittest

from samples import ANSWERS, CONFUSION, DET, LATENCY, Folder, heard_and_spikes, log

from messages import Failure
from source import Source


class Sources(Folder):
    def kind(self, data):
        return Source(str(self.folder / self.put("x", data))).kind

    def test_kinds(self):
        for data, kind in (
            (heard_and_spikes()[0], "stream"),
            (log(), "log"),
            (CONFUSION, "confusion"),
            (LATENCY, "latency"),
            (DET, "det"),
            (ANSWERS, "answers"),
            (b"\xef\xbb\xbf" + LATENCY, "latency"),
        ):
            self.assertEqual(self.kind(data), kind)

    def test_what_is_none_is_named_with_what_to_do(self):
        for data, said in (
            (b"", "is empty, wanted a stream"),
            (b"\x1f\x8b\x08", "is a gzip file.*gunzip it first"),
            (b"RIFF....WAVE", "is a recording.*ossicle-lyon"),
            (b'\x10\0\0\0\0\0\0\0{"__metadata__":{}}', "is a model.*ossicle-predict --spikes"),
            (b"hello\n", "is of no kind known here"),
            (b"step,share\n", "is of no kind known here"),
        ):
            with self.subTest(data=data):
                self.assertRaisesRegex(Failure, said, self.kind, data)

    def test_what_is_not_there(self):
        self.refused("none.tar: no such file; check the path and the working folder", "none.tar")
        self.refused(".: is a folder, wanted a stream", ".")

    def test_the_first_bytes_are_read_too(self):
        data = bytes(range(256)) * 40
        source = Source(str(self.folder / self.put("x", b"label\\predicted," + data)))
        self.assertEqual(source.read(10) + source.read(5000) + source.read(), b"label\\predicted," + data)

    def test_text_must_be_utf8(self):
        self.put("c.csv", CONFUSION.replace(b"no", b"n\xf6"))
        self.refused("c.csv: byte 17 is not UTF-8", "c.csv")


if __name__ == "__main__":
    unittest.main()
