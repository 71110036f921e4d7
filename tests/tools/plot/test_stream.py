"""Streams read without NumPy."""

import io
import unittest

from samples import LYON, heard_and_spikes, record, stream

from messages import Failure
from stream import Stream, find_record


class Named(io.BytesIO):
    name = "s.tar"


def opened(data):
    return Stream(Named(data))


class Streams(unittest.TestCase):
    def test_arrays_of_every_kind(self):
        for kind, rows in (
            ("cochleagram", [[0.5, 1.0], [0.25, 0.0], [2.0, 3.0]]),
            ("raster", [[0, 1], [1, 1]]),
            ("counts", [[7, 65535]]),
        ):
            found = find_record(opened(stream(kind, [record("k", rows, "yes", "ben", 5.0)])), "k")
            self.assertEqual([list(row) for row in found.rows], rows)
            self.assertEqual(
                (found.key, found.label, found.speaker, found.n_steps, found.dt_ms), ("k", "yes", "ben", len(rows), 5.0)
            )

    def test_events_become_numbers_in_each_step(self):
        data = stream("events", [record("k", [[0, 2], [1, 0], [1, 0]], n_steps=3)], n_channels=3)
        self.assertEqual(find_record(opened(data), "").rows, [[0, 0, 1], [2, 0, 0], [0, 0, 0]])
        outside = stream("events", [record("k", [[0, 3]], n_steps=3)], n_channels=3)
        self.assertRaisesRegex(Failure, r"event \(0, 3\) lies outside 3 x 3", find_record, opened(outside), "")

    def test_the_record_is_that_of_the_key_or_the_first(self):
        heard, _ = heard_and_spikes()
        self.assertEqual(find_record(opened(heard), "b").label, "yes")
        self.assertEqual(find_record(opened(heard), None).key, "a")
        self.assertRaisesRegex(Failure, "s.tar: none of its 2 records has the key c", find_record, opened(heard), "c")
        self.assertRaisesRegex(
            Failure, "s.tar: the stream holds no record", find_record, opened(stream("raster", [], n_channels=2)), None
        )

    def test_joined_streams_are_one(self):
        heard, _ = heard_and_spikes()
        more = stream("cochleagram", [record("c", [[0.0] * 78])])
        self.assertEqual([each.key for each in opened(heard + more).records()], ["a", "b", "c"])

    def test_a_damaged_or_cut_stream_is_refused(self):
        heard, _ = heard_and_spikes()
        at = heard.index(b"\x93NUMPY") + 300
        no_end = stream("cochleagram", [record("a", [[0.0] * 78])], end=False)
        two = [record(key, [[0.0] * 78]) for key in "ab"]
        fewer = stream("cochleagram", two, n_records=3)
        other = heard.replace(b'"label":"yes"', b'"label":"yea"')
        wide = stream("raster", [record("a", [[0, 1, 1]])], n_channels=2)
        for data, said in (
            (heard[:at] + b"\xff" + heard[at + 1 :], "checksum"),
            (heard[:9000], "was cut"),
            (no_end, "its end is missing"),
            (other, "the checksum of a text"),
            (fewer, "2 records were read, 3 were written"),
            (wide, "its array is 1 x 3, wanted 1 x 2"),
            (heard[:600], "was cut"),
        ):
            with self.subTest(said=said):
                self.assertRaisesRegex(Failure, f"s.tar: .*{said}", lambda: list(opened(data).records()))

    def test_values_that_are_not_finite_are_refused(self):
        data = stream("cochleagram", [record("a", [[0.5, float("nan")]])])
        self.assertRaisesRegex(
            Failure, "s.tar: a: its cochleagram holds a value that is not finite", find_record, opened(data), "a"
        )

    def test_other_versions_and_kinds_are_refused(self):
        rows = [record("a", [[0.5]])]
        other, odd = stream("cochleagram", rows, version=3), stream("cochleagram", rows, says="sound")
        self.assertRaisesRegex(Failure, "is a stream of version 3, wanted 2", opened, other)
        self.assertRaisesRegex(Failure, "holds sound, wanted cochleagram", opened, odd)

    def test_spikes_of_a_network_are_told_from_what_it_hears(self):
        heard, spikes = heard_and_spikes()
        self.assertEqual((opened(heard).is_of_network, opened(spikes).is_of_network), (False, True))
        self.assertFalse(
            opened(
                stream("raster", [record("a", [[1]])], recipe=(LYON, {"tool": "ossicle-encode", "params": {}}))
            ).is_of_network
        )


if __name__ == "__main__":
    unittest.main()
