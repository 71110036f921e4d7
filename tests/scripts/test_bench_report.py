"""The bench's tables of a record made by hand."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts" / "bench"))
import report

CASE = "C SrSc-BIP"


def rows_of(contender, step_s, infer_s):
    """Of one contender, round by round."""
    measured = [("step", number, value) for number, value in enumerate(step_s)] + [("infer", number, value) for number, value in enumerate(infer_s)]
    common = {"part": "network", "case": CASE, "contender": contender, "quantity": "cpu_s"}
    return [{**common, "operation": operation, "round": number, "value": value} for operation, number, value in measured]


class BeyondThePaper(unittest.TestCase):
    def test_parts_are_compared_at_the_same_firing_rate_round_by_round(self):
        rows = rows_of("products", [1, 1, 1], [1, 1, 1])
        rows += rows_of("ossicle 5%", [0.010, 0.020, 0.010], [0.004, 0.004, 0.004])
        rows += rows_of("ossicle 10%", [0.1, 0.1, 0.1], [0.1, 0.1, 0.1])
        rows += rows_of("ossicle 5%, delayed", [0.021, 0.042, 0.021], [0.008, 0.010, 0.008])
        text = report.summary(rows)
        self.assertIn(
            f"| {CASE} | delays 0, 5, 10 on every connection, normalised drive | 5% | 21.0 (8.0) | 2.10 (2.10-2.10) | 2.00 (2.00-2.25) |\n", text
        )
        self.assertNotIn("adaptation", text)

    def test_without_them_there_is_no_table(self):
        self.assertNotIn("beyond the paper", report.summary(rows_of("ossicle 5%", [0.01], [0.01])))


if __name__ == "__main__":
    unittest.main()
