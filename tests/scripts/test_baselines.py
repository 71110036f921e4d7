"""scripts/peers/baselines.py on made-up streams: what it learns, what it counts, and that nothing after a recording's end is heard."""

import os
import subprocess
import sys
import unittest

from tree import ROOT, TreeTest

sys.path[:0] = [str(ROOT / "scripts" / folder) for folder in ("", "peers", "tables", "bench")] + [str(ROOT / "datasets")]

try:
    import torch
except ImportError:
    from runs import python_with

    python = python_with("torch")
    if python:  # of an environment that scripts/peers/baselines has made
        os.execv(python, [str(python), "-B", *sys.argv])
    print("SKIPPED: no torch (scripts/peers/baselines makes an environment that has it)")
    sys.exit(0)

import numpy as np  # noqa: E402

import baselines  # noqa: E402
from test_baseline_ridge import CLASSES, write_stream  # noqa: E402

N_STEPS, N_CHANNELS = 24, 12


def records(n, seed):
    """A word is a band of channels that is loud in the middle of the recording; of various lengths."""
    rng = np.random.default_rng(seed)
    for i in range(n):
        array = rng.normal(0, 0.3, (N_STEPS - int(rng.integers(6)), N_CHANNELS)).astype(np.float32)
        array[8:14, 4 * (i % 3) : 4 * (i % 3) + 4] += 2
        yield CLASSES[i % 3], f"s{i // 3 % 4}", array


class Networks(TreeTest):
    def parse(self, *words):
        parser = baselines.parser()
        return parser.parse_args(list(map(str, (self.root / "train.tar", *words))))

    def fit(self, *words):
        args = self.parse("--test", self.root / "test.tar", "--valid-by", "speaker", "--valid-fraction", 0.25, *words)
        return baselines.fit(args, baselines.read_parts(args))

    def test_words_that_can_be_told_apart(self):
        write_stream(self.root / "train.tar", records(90, 1))
        write_stream(self.root / "test.tar", records(30, 2))
        for model in baselines.MODELS:
            result = self.fit("--model", model, "--epochs", 6)
            self.assertEqual(result["test"]["last"], {"accuracy": 1.0, "n_correct": 30, "n_total": 30})
            by_epoch = result["valid"]["by_epoch"]
            self.assertEqual(result["valid"], {"last": by_epoch[-1], "best": max(by_epoch), "best_epoch": by_epoch.index(max(by_epoch)) + 1,
                                               "by_epoch": by_epoch})
        without = self.fit("--model", "cnn", "--epochs", 6, "--valid-fraction", 0)
        self.assertNotIn("valid", without)
        self.assertEqual(list(without["test"]), ["last"])

    def test_seeds_alone_make_a_difference(self):
        write_stream(self.root / "train.tar", records(60, 1))
        write_stream(self.root / "test.tar", records(90, 2))
        results = [self.fit("--model", "gru", "--epochs", 1, "--lr", 1e-4, "--seed", seed) for seed in (1, 1, 2, 3)]
        self.assertEqual(results[0], results[1])
        self.assertGreater(len({each["test"]["last"]["n_correct"] for each in results}), 1)

    def test_command(self):
        """Without a test, the validation part is scored."""
        write_stream(self.root / "train.tar", records(30, 1))
        write_stream(self.root / "valid.tar", records(12, 2))
        for words, code, message in ((("--valid", self.root / "valid.tar"), 0, " of 12; validation "), ((), 2, "nothing to score"),
                                     (("--valid", "absent.tar"), 2, "absent.tar")):
            command = [sys.executable, "-B", ROOT / "scripts/peers/baselines.py", self.root / "train.tar", "--model", "cnn", "--epochs", 1, *words]
            done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=120, check=False)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertIn(message, done.stderr if code else done.stdout)


class Parts(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(1)

    def test_parameters_and_operations(self):
        cnn, *recurrent = (baselines.MODELS[name](78, 40) for name in ("cnn", "gru", "gru-200-200-100", "lstm-250-250"))
        weights = 5 * 78 * 128, 2 * 5 * 128 * 128
        self.assertEqual(sum(each.numel() for each in cnn.parameters()), sum(weights) + 3 * 2 * 128 + 5 * 128 * 40 + 40)
        self.assertEqual(cnn.operations(100), (100 * weights[0], (50 + 25) * weights[1] / 2 + 5 * 128 * 40))
        inside = 3 * 128 * 128, 200 * 200 * 3 + 300 * 100, 3 * 250 * 250
        for net, n_gates, units, (first, *sizes) in zip(recurrent, (3, 3, 4), inside, ((128, 128), (200, 200, 100), (250, 250)), strict=True):
            from_input, from_units = n_gates * 78 * first, n_gates * units
            self.assertEqual(net.operations(100), (100 * from_input, 100 * from_units + sizes[-1] * 40))
            biases = 2 * n_gates * (first + sum(sizes))  # torch has two a gate
            self.assertEqual(sum(each.numel() for each in net.parameters()), from_input + from_units + biases + sizes[-1] * 40 + 40)

    def test_what_follows_a_recording_is_not_heard(self):
        """Padded by zeros, and by whatever: outputs, gradients and running statistics are those of the recording alone."""
        for model in baselines.MODELS.values():
            net = model(N_CHANNELS, 3)
            x = torch.randn(4, N_CHANNELS, 10)
            longer = torch.cat([x, torch.zeros(4, N_CHANNELS, 7)], 2)
            real = torch.arange(17).expand(4, 17) < 10
            found = []
            for frames, mask in ((x, real[:, :10]), (longer, real)):
                twin = model(N_CHANNELS, 3)
                twin.load_state_dict(net.state_dict())
                for module in twin.modules():
                    if isinstance(module, torch.nn.Dropout):
                        module.p = 0
                twin.train()
                twin(frames, mask).square().sum().backward()
                gradients = [each.grad for each in twin.parameters()]
                found.append([twin(frames, mask), twin.eval()(frames, mask), *gradients, *twin.buffers()])
            for short, long in zip(*found, strict=True):
                torch.testing.assert_close(short, long, rtol=1e-4, atol=1e-5)

    def test_segments_of_a_recording(self):
        x = torch.arange(12.0).expand(3, 1, 12)
        real = torch.arange(12) < torch.tensor([[10], [12], [3]])
        found = baselines.largest_of_segments(x * real[:, None], real)
        for row, n in zip(found[:, 0], (10, 12, 3)):
            self.assertEqual(row.tolist(), torch.nn.functional.adaptive_max_pool1d(x[0, :, :n], 5)[0].tolist())
        halves, half_real = baselines.halved(x * real[:, None], real)
        self.assertEqual(halves[:, 0].tolist(), [[1, 3, 5, 7, 9, 0], [1, 3, 5, 7, 9, 11], [1, 2, 0, 0, 0, 0]])
        self.assertEqual(half_real.sum(1).tolist(), [5, 6, 2])

    def test_shifts(self):
        x = torch.arange(1.0, 6).expand(3, 1, 5) * torch.tensor([1, 1, 1, 1, 0])  # the last step is not of the recording
        real = torch.arange(5).expand(3, 5) < 4
        found = baselines.shifted(x, torch.tensor([0, 2, -3]), real)
        self.assertEqual(found[:, 0].tolist(), [[1, 2, 3, 4, 0], [0, 0, 1, 2, 0], [4, 0, 0, 0, 0]])

    def test_changes_of_a_batch(self):
        x, real = torch.ones(400, 10, 20), torch.ones(400, 20, dtype=torch.bool)
        found = baselines.augmented(x, real)
        silent = (found == 0).all(2)[:, 1:-1].double().mean().item()  # without those that a shift can empty
        self.assertAlmostEqual(silent, 0.1, delta=0.02)
        self.assertAlmostEqual(found.max().item(), 1 / 0.9, places=5)
        first = (found > 0).any(1).double().argmax(1)
        self.assertEqual(sorted(set(first.tolist())), list(range(6)))


if __name__ == "__main__":
    unittest.main()
