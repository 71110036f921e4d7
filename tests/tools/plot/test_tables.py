"""Logs, CSV files and answers: what they hold, and what is refused."""

import math
import unittest

from samples import ANSWERS, CONFUSION, DET, LATENCY, Folder, log

import tables
from messages import Failure
from source import Source


class Tables(Folder):
    def read(self, reader, data):
        return reader(Source(str(self.folder / self.put("x", data))))

    def wrong(self, reader, data, said):
        with self.subTest(said=said):
            self.assertRaisesRegex(Failure, f"x: {said}", self.read, reader, data)

    def test_log(self):
        epochs = self.read(tables.read_log, log(3))
        self.assertEqual(
            [(e.epoch, e.loss, e.train, e.firing_rates) for e in epochs],
            [(1, 3.0, 0.1, [0.1, 0.05]), (2, 1.5, 0.2, [0.1, 0.05]), (3, 1.0, 0.3, [0.1, 0.05])],
        )
        self.assertEqual([round(12 * e.valid, 9) for e in epochs], [1, 2, 3])
        self.assertIsNone(self.read(tables.read_log, b'{"epoch":1,"loss":1,"train_accuracy":0.5}\n')[0].valid)

    def test_a_log_in_the_making_loses_its_half_line(self):
        self.put("t.jsonl", log(3) + b'{"epoch":4,"lo')
        _, err = self.plot("t.jsonl", "--format", "svg", code=0, stdin=b"")
        self.assertEqual(
            err,
            "ossicle-plot: warning: t.jsonl: its last line has no end and is left out; does the training still run?\n",
        )

    def test_bad_logs(self):
        self.wrong(tables.read_log, b'{"epoch":1,"loss":', "holds no epoch yet")
        self.wrong(tables.read_log, log(2) + b"{broken}\n" + log(1), "line 3 is no JSON")
        self.wrong(tables.read_log, log(2, loss=float("nan")), "line 2: loss is nan, wanted a finite number")
        self.wrong(tables.read_log, log(2, loss=float("inf")), "line 2: loss is inf, wanted a finite number")
        self.wrong(tables.read_log, log(2, loss=None), "line 2: loss is None, wanted a number")
        self.wrong(tables.read_log, log(2, train_accuracy=1.5), "line 2: train_accuracy is 1.5, wanted 0 to 1")
        self.wrong(
            tables.read_log, log(2, firing_rates=[0.1, "x"]), r"line 2: firing_rates\[1\] is 'x', wanted a number"
        )
        self.wrong(tables.read_log, log(2) + log(2), "line 3 is epoch 1 after epoch 2")
        self.wrong(tables.read_log, b'{"epoch":1}\n', "line 1 has no loss")
        self.wrong(tables.read_log, log(1) + b"[1]\n", "line 2 is no JSON object")

    def test_confusion(self):
        self.assertEqual(self.read(tables.read_confusion, CONFUSION), (["no", "yes, sir"], [[9, 1], [3, 7]]))

    def test_bad_confusions(self):
        self.wrong(tables.read_confusion, CONFUSION[:-1], "its last line has no end: the file was cut")
        self.wrong(
            tables.read_confusion,
            CONFUSION[: CONFUSION.rindex(b'"yes, sir"')],
            "its lines are of 1 classes, its columns of 2",
        )
        self.wrong(tables.read_confusion, CONFUSION[:-3] + b"\n", "line 3 has 2 fields, the first line has 3")
        self.wrong(tables.read_confusion, CONFUSION.replace(b"9", b"nan"), "line 2, no is nan, wanted 0 or more")
        self.wrong(tables.read_confusion, CONFUSION.replace(b"9", b"-9"), "line 2, no is -9, wanted 0 or more")
        self.wrong(tables.read_confusion, b'label\\predicted,"no\n', "is no CSV file")
        self.wrong(tables.read_confusion, b"label\\predicted,no\n", "has 0 lines after the first")

    def test_curves(self):
        self.assertEqual(self.read(tables.read_latency, LATENCY), [(50, 0.5, 0.25), (100, 1, 0.75)])
        self.assertEqual(
            self.read(tables.read_det, DET), [(0.1, 0.4, 0.001), (0.5, 0.1, 0.1), (0.9, 0.001, 0.4), (math.inf, 0, 1)]
        )

    def test_bad_curves(self):
        self.wrong(tables.read_latency, LATENCY.replace(b"0.25", b"25"), "line 2: accuracy is 25, wanted 0 to 1")
        self.wrong(
            tables.read_latency,
            LATENCY.replace(b"100,1,0.75,20\n", b""),
            "has 1 lines after the first, wanted 2 or more: it was cut",
        )
        self.wrong(
            tables.read_det, DET.replace(b"0.1,0.1\n", b"0.1,nan\n"), "line 3: false_accept is nan, wanted 0 to 1"
        )
        self.wrong(tables.read_det, DET.replace(b"0.9,", b"high,"), "line 4: threshold is 'high', wanted a number")
        self.wrong(tables.read_det, DET.replace(b"inf,1,0\n", b""), "does not end with threshold inf: it was cut")
        self.wrong(tables.read_det, DET[: DET.index(b"\n") + 1], "holds no threshold, since no word was right")

    def test_answers(self):
        self.assertEqual(
            self.read(tables.read_answers, ANSWERS), {"a": {"yes": 8.0, "no": 2.5}, "b": {"yes": 8.0, "no": 2.5}}
        )
        self.assertEqual(self.read(tables.read_answers, b'{"path":"a","label":"no","score":1.5}\n'), {"a": {"no": 1.5}})
        self.wrong(tables.read_answers, ANSWERS[:-9], "its last line has no end: the file was cut")
        self.wrong(
            tables.read_answers, ANSWERS.replace(b"2.5", b"null"), "line 1: score of no is None, wanted a number"
        )
        self.wrong(tables.read_answers, b'{"path":"a"}\n', "line 1 lacks path, label or score")


if __name__ == "__main__":
    unittest.main()
