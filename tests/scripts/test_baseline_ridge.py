"""scripts/baseline_ridge.py on made-up streams, and against the closed form."""

import io
import json
import sys
import tarfile
import unittest
import zlib

from tree import ROOT, TreeTest

try:
    import numpy as np
except ImportError:
    print("SKIPPED: no NumPy")
    sys.exit(0)

sys.path.insert(0, str(ROOT / "scripts"))
import baseline_parts  # noqa: E402
import baseline_ridge  # noqa: E402

CLASSES = ["a", "b", "c"]


def write_stream(path, records, kind="cochleagram", damage=0):
    """records: [(label, speaker, array)]; of the format, what a reader of arrays needs. damage: added to each checksum."""
    def add(name, data):
        member = tarfile.TarInfo(name)
        member.size = len(data)
        tar.addfile(member, io.BytesIO(data))

    keys = ""
    with tarfile.open(path, "w") as tar:
        add("__header__", json.dumps({"kind": kind, "n_channels": 5, "classes": CLASSES}).encode())
        for i, (label, speaker, array) in enumerate(records):
            keys += f"r{i}\n"
            file = io.BytesIO()
            np.save(file, array)
            add(f"r{i}.npy", file.getvalue())
            add(f"r{i}.json", json.dumps({"key": f"r{i}", "label": label, "speaker": speaker, "n_steps": 4,
                                                "npy_crc32": f"{zlib.crc32(file.getvalue()) ^ damage:08x}"}).encode())
        add("__end__", json.dumps({"n_records": keys.count("\n"), "keys_crc32": f"{zlib.crc32(keys.encode()):08x}"}).encode())


def records(n, seed, shuffled=False):
    """A word is a channel that is louder in step 1; with noise."""
    rng = np.random.default_rng(seed)
    for i in range(n):
        word = i % 3
        array = rng.normal(0, 0.3, (4, 5)).astype(np.float32)
        array[1, word] += 2
        yield CLASSES[rng.integers(3) if shuffled else word], f"s{i // 3 % 4}", array


class Ridge(TreeTest):
    def test_help_needs_no_numpy(self):
        self.check_help_without_numpy("scripts/baseline_ridge.py", "--valid-fraction F", "train.tar", "--test", "test.tar")

    def run_ridge(self, *arguments):
        write_stream(self.root / "train.tar", records(60, 1))
        write_stream(self.root / "test.tar", [*records(30, 2), ("", "s0", np.zeros((4, 5), np.float32))])
        return self.run_script("scripts/baseline_ridge.py", self.root / "train.tar", "--test", self.root / "test.tar", *arguments)

    def test_words_that_can_be_told_apart(self):
        for by in ("token", "speaker"):
            done = self.run_ridge("--json", "--valid-by", by, "--valid-fraction", 0.25)
            self.assertEqual(done.returncode, 0, done.stderr)
            result = json.loads(done.stdout)
            self.assertEqual((result["accuracy"], result["n_total"], result["n_valid"]), (1.0, 30, 15))
            self.assertEqual((result["parameters"], result["synaptic_operations"]), (4 * 5 * 3 + 3, {"from_input": 4 * 5 * 3}))
        self.assertIn("accuracy 1.0000, 30 of 30", self.run_ridge().stdout)

    def test_labels_by_chance(self):
        write_stream(self.root / "chance.tar", records(60, 3, shuffled=True))
        done = self.run_script("scripts/baseline_ridge.py", self.root / "chance.tar", "--test", self.root / "chance.tar", "--json",
                               "--valid-fraction", 0.5)
        result = json.loads(done.stdout)
        self.assertLess(result["valid_accuracy"], 0.65)  # 30 held out, chance 1/3; what was fitted scores far more

    def test_what_cannot_be_done_is_said(self):
        write_stream(self.root / "one.tar", [("a", "s", np.ones((4, 5), np.float32))] * 5)
        done = self.run_script("scripts/baseline_ridge.py", self.root / "one.tar", "--test", self.root / "one.tar", "--valid-by", "speaker")
        self.assertEqual(done.returncode, 2)
        self.assertIn("the training has 1 of them", done.stderr)
        write_stream(self.root / "damaged.tar", records(5, 1), damage=1)
        done = self.run_script("scripts/baseline_ridge.py", self.root / "damaged.tar", "--test", self.root / "damaged.tar")
        self.assertEqual(done.returncode, 2)
        self.assertIn("r0: the checksum of its array", done.stderr)
        self.assertEqual(self.run_script("scripts/baseline_ridge.py", "absent.tar", "--test", "absent.tar").returncode, 2)


class Parts(unittest.TestCase):
    def test_both_forms_are_the_closed_form(self):
        """(X'X + n p I)^-1 X'Y or, with fewer recordings than features, its equal with d p; standardised, targets centred."""
        rng = np.random.default_rng(1)
        for n, d in ((40, 7), (7, 40)):
            features, labels = rng.normal(3, 2, (n, d)), rng.integers(0, 3, n)
            x = (features - features.mean(0)) / features.std(0)
            y = np.eye(3)[labels] - np.eye(3)[labels].mean(0)
            wanted = np.linalg.solve(x.T @ x + 0.1 * max(n, d) * np.eye(d), x.T @ y)
            np.testing.assert_allclose(baseline_ridge.Ridge(features, labels, 3).weights(0.1), wanted, rtol=1e-5, atol=1e-7)

    def test_a_feature_that_never_changes(self):
        fit = baseline_ridge.Ridge(np.array([[1.0, 5.0], [2.0, 5.0]]), np.array([0, 1]), 2)
        self.assertEqual(fit.accuracy(0.1, np.array([[1.0, 5.0], [2.0, 5.0]]), np.array([0, 1])), 1.0)

    def test_arrays_of_other_lengths_and_kinds(self):
        arrays = [np.ones((2, 3)), np.full((5, 3), 2.0)]
        frames, lengths = baseline_parts.pad(arrays, 3)
        np.testing.assert_array_equal(frames.reshape(2, -1), [[1] * 6 + [0] * 3, [2] * 9])
        np.testing.assert_array_equal(lengths, [2, 3])
        events = baseline_parts.dense(np.array([[0, 1], [1, 2], [1, 2]]), {"kind": "events", "n_channels": 3}, 2)
        np.testing.assert_array_equal(events, [[0, 1, 0], [0, 0, 2]])

    def test_whole_speakers_are_held(self):
        speakers = np.array(list("aabbccdd"))
        held = baseline_parts.validation_part(speakers, 0.25, "speaker", 3)
        self.assertEqual((held.sum(), len(set(speakers[held]))), (2, 1))
        self.assertEqual(baseline_parts.validation_part(speakers, 0.01, "token", 1).sum(), 1)


if __name__ == "__main__":
    unittest.main()
