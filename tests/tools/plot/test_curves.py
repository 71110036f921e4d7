"""Training, latency and detection error curves."""

import json
import unittest
from statistics import NormalDist

from samples import DET, LATENCY, Folder, log

from curves import equal_error


class Curves(Folder):
    def test_one_log_has_loss_accuracies_and_rates(self):
        self.put("run.jsonl", log())
        picture = self.drawn("run.jsonl")
        for text in (
            "Training of run. Loss on the training part",
            "Accuracy",
            "Firing rates",
            "loss",
            "accuracy (%)",
            "steps with a spike (%)",
            "epoch",
            "training part",
            "validation part",
            "layer 1",
            "layer 2 (output)",
        ):
            self.assertIn(text, picture.texts)
        self.assertEqual(len(picture.plots()), 1 + 2 + 2)

    def test_several_logs_are_told_apart(self):
        self.put("a.jsonl", log(3))
        self.put(
            "b.jsonl",
            b"".join(json.dumps({"epoch": at, "loss": 1, "train_accuracy": 0.5}).encode() + b"\n" for at in (1, 2)),
        )
        picture = self.drawn("a.jsonl", "b.jsonl")
        for text in ("a", "b", "a, train", "a, valid", "b, train"):
            self.assertIn(text, picture.texts)
        self.assertNotIn("b, valid", picture.texts)
        self.assertEqual(len(picture.plots()), 2 + 3)
        (self.folder / "more").mkdir()
        self.put("more/a.jsonl", log(2))
        self.assertIn("more/a.jsonl", self.drawn("a.jsonl", "more/a.jsonl").texts)

    def test_one_epoch_is_enough(self):
        self.put("run.jsonl", log(1))
        self.assertEqual(len(self.drawn("run.jsonl").plots()), 5)

    def test_too_many_for_their_colours(self):
        names = [self.put(f"{at}.jsonl", log(2)) for at in range(8)]
        self.refused("8 files for one picture, wanted at most 7", *names)

    def test_latency(self):
        self.put("l.csv", LATENCY)
        picture = self.drawn("l.csv")
        self.assertIn("share heard (%); 100 % are 100 steps in the mean", picture.texts)
        self.assertIn("accuracy (%)", picture.texts)
        self.assertEqual(len(picture.plots()), 2)
        self.put("m.csv", LATENCY)
        self.assertTrue({"l", "m"} <= set(self.drawn("l.csv", "m.csv").texts))

    def test_det_lies_on_normal_deviates(self):
        self.put("d.csv", DET)
        picture = self.drawn("d.csv")
        for text in ("Detection error trade-off", "false accepts (%)", "false rejects (%)", "d, equal at 10 %"):
            self.assertIn(text, picture.texts)
        # Ticks of 1 and 10 % are as far apart as their deviates.
        below = max(y for _, _, y, upright, _ in picture.places() if not upright) - 20  # under the label of the axis
        places = {text: x for text, x, y, *_ in picture.places() if below - 10 < y < below + 10}
        deviate = NormalDist().inv_cdf
        found = (places["10"] - places["1"]) / (places["40"] - places["0.1"])
        self.assertAlmostEqual(
            found, (deviate(0.1) - deviate(0.01)) / (deviate(0.4) - deviate(0.001)), delta=1e-3
        )  # pixels have two decimals

    def test_det_with_rates_of_0_and_1(self):
        self.put("d.csv", b"threshold,miss,false_accept\n0,0,1\n0.5,0.1,0.2\ninf,1,0\n")
        self.assertIn("Detection error trade-off", self.drawn("d.csv").texts)
        self.put("e.csv", b"threshold,miss,false_accept\n0,0,1\n0.5,0,0\ninf,1,0\n")  # no error at all at 0.5
        self.assertIn("e, equal at 0 %", self.drawn("e.csv").texts)

    def test_equal_error_lies_between_the_points_around_it(self):
        self.assertAlmostEqual(equal_error([(0, 0.3, 0.1), (1, 0.1, 0.2)]), 0.3 - 0.2 * 2 / 3)
        self.assertEqual(equal_error([(0, 0.2, 0.2), (1, 0.1, 0.4)]), 0.2)
        self.assertIsNone(equal_error([(0, 0.3, 0.1), (1, 0.2, 0.15)]))


if __name__ == "__main__":
    unittest.main()
