"""scripts/join_recordings: each word stands where its line says, pauses and noise are what was asked for."""

import math
import sys
import unittest
import wave

from tree import TreeTest

try:
    import numpy as np
except ImportError:
    print("SKIPPED: no NumPy")
    sys.exit(0)

RATE = 8000
WORDS = {"a": (1000, 12000), "b": (500, -6000), "c": (800, 3000)}  # label: samples, constant value


class JoinRecordings(TreeTest):
    def setUp(self):
        super().setUp()
        rows = []
        for label, (n, value) in WORDS.items():
            self.write_wav(f"{label}.wav", np.full(n, value))
            rows.append(f"{label}.wav\t{label}\t\n")
        self.write({"list.tsv": "path\tlabel\tspeaker\n" + "".join(rows)})

    def write_wav(self, name, samples, rate=RATE, n_channels=1, n_bytes=2):
        with wave.open(str(self.root / name), "wb") as file:
            file.setnchannels(n_channels)
            file.setsampwidth(n_bytes)
            file.setframerate(rate)
            file.writeframes(np.asarray(samples).astype(f"<i{n_bytes}").tobytes())

    def run_it(self, *arguments):
        return self.run_script("scripts/join_recordings", *arguments, "-o", self.root / "out.wav")

    def join(self, *arguments):
        """(samples, [(begin, end, label)] in samples)"""
        done = self.run_it(self.root / "list.tsv", "--root", self.root, *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return self.samples(), self.labels()

    def samples(self):
        with wave.open(str(self.root / "out.wav")) as file:
            self.assertEqual((file.getnchannels(), file.getsampwidth()), (1, 2))
            self.rate = file.getframerate()
            return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)

    def labels(self):
        lines = [line.split("\t") for line in (self.root / "out.txt").read_text(encoding="utf-8").splitlines()]
        return [(round(float(begin) * RATE), round(float(end) * RATE), label) for begin, end, label in lines]

    def refused(self, message, *arguments):
        done = self.run_it(*arguments)
        self.assertEqual(done.returncode, 2)
        self.assertIn(message, done.stderr)

    def test_words_and_pauses(self):
        samples, labels = self.join("--pause", "0.1,0.25")
        self.assertEqual(sorted(label for *_, label in labels), sorted(WORDS))
        silent = np.ones(len(samples), bool)
        for begin, end, label in labels:
            self.assertEqual(end - begin, WORDS[label][0])
            self.assertTrue(np.all(samples[begin:end] == WORDS[label][1]))
            silent[begin:end] = False
        self.assertTrue(np.all(samples[silent] == 0))
        edges = [0, *(edge for begin, end, _ in labels for edge in (begin, end)), len(samples)]
        pauses = np.diff(edges)[::2] / RATE
        self.assertEqual(len(pauses), len(WORDS) + 1)
        self.assertTrue(np.all((pauses >= 0.0999) & (pauses <= 0.2501)), pauses)
        self.assertGreater(np.ptp(pauses), 0.01)

    def test_the_seed_decides(self):
        arguments = ("--noise-db", "20", "--pause", "0.1,0.2")
        first, labels = self.join(*arguments)
        again, _ = self.join(*arguments)
        self.assertTrue(np.array_equal(first, again))
        other, _ = self.join(*arguments, "--seed", "7")
        self.assertFalse(np.array_equal(first, other))
        self.assertEqual(labels, self.join("--pause", "0.1,0.2")[1])  # noise moves nothing

    def test_order(self):
        self.assertEqual([label for *_, label in self.join("--in-order")[1]], ["a", "b", "c"])
        orders = {tuple(label for *_, label in self.join("--seed", seed)[1]) for seed in range(6)}
        self.assertGreater(len(orders), 1)

    def test_level(self):
        samples, labels = self.join("--level-db", "-20")
        for begin, end, _ in labels:
            self.assertAlmostEqual(abs(samples[begin]), 3277, delta=1)

    def test_noise_has_the_ratio_and_lies_over_everything(self):
        samples, labels = self.join("--noise-db", "10", "--pause", "2,2")
        noise = samples.copy()
        power = 0
        for begin, end, label in labels:
            noise[begin:end] -= WORDS[label][1]
            power += (end - begin) * WORDS[label][1] ** 2
        power /= sum(n for n, _ in WORDS.values())
        self.assertAlmostEqual(10 * math.log10(power / np.mean(noise**2)), 10, delta=0.3)
        for begin, end, _ in labels:
            self.assertAlmostEqual(np.std(noise[begin:end]) / np.std(noise), 1, delta=0.3)

    def test_noise_alone_slopes_like_a_room(self):
        done = self.run_it("--no-words", "40", "--noise-level-db", "-30")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        samples = self.samples()
        self.assertEqual((self.rate, len(samples), self.labels()), (16000, 640000, []))
        self.assertAlmostEqual(20 * math.log10(np.std(samples) / 32768), -30, delta=0.2)
        power = np.mean(np.abs(np.fft.rfft(samples.reshape(-1, 16000), axis=1)) ** 2, axis=0)  # [Hz]

        def density_db(centre):
            return 10 * math.log10(np.mean(power[round(centre / 1.2) : round(centre * 1.2)]))

        for low in (250, 500, 1000, 2000, 3000):
            self.assertAlmostEqual(density_db(2 * low) - density_db(low), -5, delta=0.5)
        seconds = np.std(samples.reshape(-1, 16000), axis=1)
        self.assertLess(seconds.max() / seconds.min(), 1.3)  # of all the same strength

    def test_silence_alone(self):
        self.assertEqual(self.run_it("--no-words", "1.5", "--rate", "22050").returncode, 0)
        samples = self.samples()
        self.assertEqual((self.rate, len(samples)), (22050, 33075))
        self.assertFalse(samples.any())

    def test_channels_are_mixed(self):
        self.write_wav("a.wav", np.tile([1000, 3000], 50), n_channels=2)
        samples, labels = self.join("--in-order")
        self.assertEqual(labels[0][1] - labels[0][0], 50)
        self.assertEqual(samples[labels[0][0]], 2000)

    def test_clipping_is_said(self):
        done = self.run_it(self.root / "list.tsv", "--root", self.root, "--level-db", "6")
        self.assertEqual(done.returncode, 0)
        self.assertIn("2300 samples beyond full scale were clipped", done.stderr)
        self.assertEqual(np.abs(self.samples()).max(), 32768)

    def test_bad_input(self):
        given = (self.root / "list.tsv", "--root", self.root)
        self.refused("either LIST or --no-words")
        self.refused("--noise-db goes with recordings", "--no-words", "1", "--noise-db", "3")
        self.refused("--pause", *given, "--pause", "2,1")
        self.refused("none.tsv", self.root / "none.tsv")
        self.write({"bad.tsv": "file\tlabel\na.wav\ta\n"})
        self.refused("path and label", self.root / "bad.tsv")
        for name, samples, form, message in (("c.wav", [1], {"rate": 16000}, "c.wav has 16000 Hz; wanted one rate"),
                                             ("c.wav", [1], {"n_bytes": 4}, "32 bits a sample, wanted 16"),
                                             ("c.wav", [], {}, "c.wav: no samples")):
            self.write_wav(name, samples, **form)
            self.refused(message, *given)
        self.write({"c.wav": "no sound at all"})
        self.refused("wanted a WAV file", *given)

    def test_help_without_numpy(self):
        self.check_help_without_numpy("scripts/join_recordings", "--noise-db", self.root / "list.tsv", "-o", self.root / "out.wav")


if __name__ == "__main__":
    unittest.main()
