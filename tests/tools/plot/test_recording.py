"""One recording: cochleagram, rasters, sums."""

import unittest

from samples import LYON, PREDICT, Folder, heard_and_spikes, record, stream


class Recordings(Folder):
    def setUp(self):
        super().setUp()
        heard, spikes = heard_and_spikes()
        self.put("heard.tar", heard)
        self.put("spikes.tar", spikes)

    def test_cochleagram_with_its_axes(self):
        picture = self.drawn("heard.tar", "--key", "b")
        self.assertEqual(len(picture.images), 1)
        self.assertIn("b: “yes”, spoken by ben. Cochleagram", picture.texts)
        for text in ("time (ms)", "centre frequency (Hz)", "intensity (no unit)", "1000", "200", "0", "150"):
            self.assertIn(text, picture.texts)
        self.assertNotIn("250", picture.texts)  # 20 steps of 10 ms end at 200

    def test_channels_where_no_frequency_is_known(self):
        self.put("other.tar", stream("cochleagram", [record("k", [[0.0, 1.0]] * 4)], recipe=()))
        picture = self.drawn("other.tar")
        self.assertIn("channel", picture.texts)
        self.assertIn("k. Cochleagram", picture.texts)

    def test_rasters_and_sums_of_the_spikes(self):
        picture = self.drawn("heard.tar", "spikes.tar")
        for text in (
            "Spikes of layer 1, 6 in all",
            "Spikes of the output layer, 11 in all",
            "neuron",
            "class",
            "no",
            "yes",
            "no: 1 spikes",
            "yes: 10 spikes",
        ):
            self.assertIn(text, picture.texts)
        self.assertEqual(len(picture.images), 1)
        # Layer 1 has 6 spikes, the output 10 of the wrong class; the right one's is blue, as its sum and legend are.
        self.assertEqual(picture.segments((17, 17, 17)), 6 + 10)
        self.assertEqual(picture.segments((0, 114, 178)), 1 + 1 + 1)

    def test_spikes_alone_and_by_key(self):
        picture = self.drawn("spikes.tar", "--key", "b")
        self.assertEqual(len(picture.images), 0)
        self.assertIn("b: “yes”, spoken by ben. Spikes of layer 1, 6 in all", picture.texts)

    def test_standard_input(self):
        self.assertIn("a: “no”, spoken by anna. Cochleagram", self.drawn(stdin=heard_and_spikes()[0]).texts)

    def test_other_kinds_of_streams(self):
        self.put("raster.tar", stream("raster", [record("k", [[1, 0], [1, 1]])], recipe=(LYON,)))
        picture = self.drawn("raster.tar")
        self.assertIn("k. Spikes heard, 3 in all", picture.texts)
        self.assertEqual(picture.segments((17, 17, 17)), 3)
        self.put("counts.tar", stream("counts", [record("k", [[3, 0], [1, 1]])], recipe=()))
        picture = self.drawn("counts.tar")
        self.assertIn("k. Events in each step, 5 in all", picture.texts)
        self.assertIn("events", picture.texts)

    def test_long_records_count_seconds_and_silence_is_drawn(self):
        self.put("long.tar", stream("cochleagram", [record("k", [[0.0, 0.0]] * 600)]))
        self.assertIn("time (s)", self.drawn("long.tar").texts)
        silent = stream(
            "raster",
            [record("k", [[0, 0]] * 5, "no")],
            recipe=(PREDICT,),
            made_by=[["ossicle-predict neurons", "output:2"]],
        )
        self.put("silent.tar", silent)
        self.assertIn("no: 0 spikes", self.drawn("silent.tar").texts)

    def test_many_classes_name_the_right_one_and_those_that_fire(self):
        classes = [f"c{k}" for k in range(40)]
        rows = [[int(k > 29 and step < k) for k in range(40)] for step in range(40)]
        self.put(
            "many.tar",
            stream(
                "raster", [record("k", rows, "c3")], classes, (PREDICT,), [["ossicle-predict neurons", "output:40"]]
            ),
        )
        texts = self.drawn("many.tar").texts
        self.assertEqual(
            [text for text in texts if "spikes" in text and ":" in text and text.startswith("c")],
            [
                "c39: 39 spikes",
                "c38: 38 spikes",
                "c37: 37 spikes",
                "c36: 36 spikes",
                "c35: 35 spikes",
                "c34: 34 spikes",
                "c3: 0 spikes",
            ],
        )
        self.assertTrue(set(classes) <= set(texts))

    def test_without_the_output_a_note_says_so(self):
        hidden = stream(
            "raster", [record("k", [[0, 1]] * 3)], recipe=(PREDICT,), made_by=[["ossicle-predict neurons", "1:2"]]
        )
        self.put("hidden.tar", hidden)
        self.assertIn("hidden.tar: holds no spikes of the output layer", self.plot("hidden.tar", "--format", "text")[1])
        self.assertEqual(self.plot("hidden.tar", "--format", "text", "-q")[1], "")

    def test_streams_that_do_not_belong_together(self):
        self.refused("heard.tar: none of its 2 records has the key c", "heard.tar", "--key", "c")
        self.refused("heard.tar: a second stream beside heard.tar", "heard.tar", "heard.tar")
        other = {**LYON, "params": {**LYON["params"], "ear_q": 4.0}}
        rows = [[0, 1]] * 20
        neurons = [["ossicle-predict neurons", "output:2"]]
        for name, data, said in (
            (
                "other.tar",
                stream("raster", [record("a", rows, "no")], recipe=(other, PREDICT), made_by=neurons),
                "made differently from heard.tar",
            ),
            (
                "key.tar",
                stream("raster", [record("z", rows, "no")], recipe=(LYON, PREDICT), made_by=neurons),
                "none of its 1 records has the key a",
            ),
            (
                "short.tar",
                stream("raster", [record("a", rows[:9], "no")], recipe=(LYON, PREDICT), made_by=neurons),
                "a has 9 steps of 10 ms",
            ),
            (
                "label.tar",
                stream("raster", [record("a", rows, "yes")], recipe=(LYON, PREDICT), made_by=neurons),
                "the label 'yes'",
            ),
            (
                "old.tar",
                stream("raster", [record("a", rows, "no")], recipe=(LYON, PREDICT)),
                "does not say which of its 2 channels",
            ),
            (
                "wide.tar",
                stream(
                    "raster",
                    [record("a", rows, "no")],
                    recipe=(LYON, PREDICT),
                    made_by=[["ossicle-predict neurons", "output:3"]],
                ),
                "does not say which of its 2 channels",
            ),
        ):
            with self.subTest(name=name):
                self.put(name, data)
                self.refused(said, "heard.tar", name)


if __name__ == "__main__":
    unittest.main()
