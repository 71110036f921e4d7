"""Which inputs go together."""

import unittest

from samples import Folder, log, record, stream


class Inputs(Folder):
    def setUp(self):
        super().setUp()
        self.put_run()

    def test_one_picture_is_of_one_kind(self):
        self.refused("of the kinds log and confusion, wanted one kind", "run.jsonl", "c.csv")
        self.refused("of the kinds latency and stream, wanted one kind", "l.csv", "heard.tar")
        self.refused("answers.jsonl: answers alone make no picture", "answers.jsonl")
        self.refused("--key a: wanted with a stream only", "c.csv", "--key", "a")
        self.refused("c.csv: a second input of the kind confusion, wanted one", "c.csv", "c.csv")

    def test_one_stream_and_what_answers_to_it(self):
        self.refused("heard.tar: a second stream beside heard.tar", "heard.tar", "heard.tar")
        self.refused("spikes.tar: a second stream beside spikes.tar", "spikes.tar", "spikes.tar")

    def test_order_does_not_matter(self):
        self.assertEqual(self.drawn("heard.tar", "spikes.tar").texts, self.drawn("spikes.tar", "heard.tar").texts)

    def test_a_page_wants_answers_that_fit_its_stream(self):
        rows = [[0.5] * 78]
        self.put("none.tar", stream("cochleagram", [record("a", rows)]))
        self.put("more.tar", stream("cochleagram", [record("z", rows, "no")]))
        self.put("one.jsonl", b'{"path":"a","label":"yes","score":8}\n{"path":"b","label":"yes","score":8}\n')
        for words, said in (
            (("heard.tar", "one.jsonl"), "use ossicle-predict --json --top N with N the number of classes"),
            (("none.tar", "answers.jsonl"), "none.tar: no record has a label"),
            (("more.tar", "answers.jsonl"), "has no answer for z of more.tar"),
            (("heard.tar",), "want a stream and the answers to it"),
            (("answers.jsonl",), "want a stream and the answers to it"),
        ):
            with self.subTest(said=said):
                self.refused(said, "--html", *words)


if __name__ == "__main__":
    unittest.main()
