"""cuda_budget on networks small enough to count by hand, and on those whose kernels the stand-in counts."""

import subprocess
import sys
import unittest

from tree import ROOT

SCRIPT = str(ROOT / "scripts/cuda_budget")


def budget(*args):
    done = subprocess.run([sys.executable, SCRIPT, *args], capture_output=True, text=True, check=False)
    rows = [[cell.strip(" *") for cell in line.strip("|").split("|")] for line in done.stdout.splitlines() if line.startswith("|")]
    return done, {row[0]: row[2:] for row in rows[2:]}


class CudaBudget(unittest.TestCase):
    def test_a_chain_by_hand(self):
        # 1,000 x 50 steps are 50,048 rows in whole 128s. One hidden layer of 100: an array over time is 20.0192 MB; 10 channels
        # 2.00192, 5 classes 1.00096. Scan forward: it reads one, writes potentials and spikes. Gradients: both layers' pairs.
        _, rows = budget("--sizes", "10,100,5", "--steps", "1000", "--batch", "50")
        self.assertEqual(rows["gather the batch"], ["1", "2.0", "2.0"])
        self.assertEqual(rows["scans forward, hidden"], ["1", "20.0", "40.0"])
        self.assertEqual(rows["products, drive"], ["2", "22.0", "21.0"])
        self.assertEqual(rows["products, error"], ["1", "1.0", "20.0"])
        self.assertEqual(rows["scans backward"], ["2", "42.0", "42.0"])
        self.assertEqual(rows["products, weight gradients"], ["2", "43.0", "0.0"])
        self.assertEqual(rows["sum"][0], "16")

    def test_a_second_source_reads_what_the_first_wrote(self):
        _, chain = budget("--sizes", "10,100,100,5", "--steps", "1000")
        _, skip = budget("--sizes", "10,100,100,5", "--steps", "1000", "--skip", "0:2")
        more = float(skip["products, drive"][1]) - float(chain["products, drive"][1])
        self.assertAlmostEqual(more, 22.0, delta=0.11)  # the input, and the drive of layer 2

    def test_kernels_are_those_that_the_stand_in_counts(self):
        # tests/snn/backend/cuda/test_cuda_backend.cpp
        for args, wanted in (((), "26"), (("--bip",), "27"), (("--self", "--bip", "--skip", "1:3"), "30"), (("--rule", "layer"), "31")):
            self.assertEqual(budget(*args)[1]["sum"][0], wanted)

    def test_what_is_no_network_is_refused(self):
        for args in (("--sizes", "5"), ("--sizes", "5,x"), ("--skip", "1:2"), ("--skip", "1:5"), ("--steps", "0")):
            done, _ = budget(*args)
            self.assertEqual(done.returncode, 2)
            self.assertIn("wanted", done.stderr)


if __name__ == "__main__":
    unittest.main()
