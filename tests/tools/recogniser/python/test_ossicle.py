"""The Python module on a model of two tones; the witnesses are ossicle-predict and ossicle-listen.

  test_ossicle.py BUILD_DIR MODULE_DIR
"""

import concurrent.futures
import copy
import gc
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest
import warnings

import numpy

sys.path.append(str(pathlib.Path(__file__).resolve().parents[4]))
from tests.support.tones import RATE, make_model, tone, write_wav  # noqa: E402

BUILD_DIR, MODULE_DIR = map(pathlib.Path, sys.argv[1:3])
sys.path.insert(0, str(MODULE_DIR))
import ossicle  # noqa: E402


def tool(name, *arguments):
    output = subprocess.run([str(BUILD_DIR / "tools" / name), *map(str, arguments)], stdout=subprocess.PIPE, check=True).stdout
    return [json.loads(line) for line in output.splitlines()]


class Ossicle(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="ossicle-python-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.model = make_model(BUILD_DIR / "tools", cls.folder)
        cls.recogniser = ossicle.Recogniser(cls.model)
        # As a file of 16 bits has them.
        cls.integers = numpy.round(32767 * numpy.array(tone(310))).astype(numpy.int16)
        cls.samples = (cls.integers / 32768).astype(numpy.float32)
        write_wav(cls.folder / "word.wav", tone(310))

    def test_a_recording_gets_the_answers_of_ossicle_predict(self):
        self.assertEqual(set(self.recogniser.classes), {"low", "high"})
        told, = tool("ossicle-predict", "--json", "--top", "2", self.model, self.folder / "word.wav")
        answers = self.recogniser.best(self.samples, RATE, 2)
        self.assertEqual([a.label for a in answers], [t["label"] for t in told["top"]])
        for answer, wanted in zip(answers, told["top"]):
            self.assertAlmostEqual(answer.score, wanted["score"], places=4)
            self.assertAlmostEqual(answer.confidence, wanted["confidence"], places=4)
        self.assertEqual(self.recogniser(self.samples, RATE), answers[0])
        self.assertEqual(answers[0].label, "low")
        self.assertEqual(len(self.recogniser.best(self.samples, RATE, 100)), 2)

    def test_every_type_whose_full_scale_is_known_gives_the_same(self):
        wide = numpy.zeros((self.samples.size, 2), numpy.float32)
        wide[:, 0] = self.samples
        for samples in (self.integers, self.integers.astype(numpy.int32) * 65536, self.samples.astype(numpy.float64),
                        self.samples.tolist(), wide[:, 0],
                        self.integers.astype(">i2"), self.samples.astype(">f4")):
            numpy.testing.assert_array_equal(ossicle._floats(samples), self.samples)
            self.assertEqual(self.recogniser(samples, RATE), self.recogniser(self.samples, RATE))
        coarse = numpy.array([0, 128, 192], numpy.uint8)
        numpy.testing.assert_array_equal(ossicle._floats(coarse), numpy.array([-1, 0, 0.5], numpy.float32))

    def test_silence_is_no_class_and_has_no_confidence(self):
        self.assertEqual(self.recogniser(numpy.zeros(RATE), RATE), ("(silence)", 0.0, None))

    def test_what_is_wrong_is_said(self):
        for samples, rate, words in ((numpy.zeros((10, 2)), RATE, "one channel"), (numpy.zeros(10, numpy.int64), RATE, "int64"),
                                     (numpy.full(RATE, numpy.nan), RATE, "finite"), (self.samples, 0, "0 Hz"),
                                     (self.samples, 2**32 + RATE, "Hz"), (self.samples, 16000.5, "16000.5")):
            with self.assertRaisesRegex(ValueError, words):
                self.recogniser(samples, rate)
        with self.assertRaisesRegex(ValueError, "wanted 1 or more"):
            self.recogniser.best(self.samples, RATE, 0)
        with self.assertRaisesRegex(ValueError, "NUL"):
            ossicle.Recogniser(f"{self.model}\0other")
        for partial in (None, 10**400):
            with self.assertRaisesRegex(ValueError, "number of seconds"):
                self.recogniser.listen(RATE, partial)
        with warnings.catch_warnings(), self.assertRaisesRegex(ValueError, "infinite"):
            warnings.simplefilter("error")
            self.recogniser(numpy.full(RATE, 1e300), RATE)
        with self.assertRaisesRegex(RuntimeError, "no/such/model"):
            ossicle.Recogniser("/no/such/model")
        with self.assertRaisesRegex(ValueError, "guesses"):
            self.recogniser.listen(RATE, partial=-1)

    def test_a_signal_gives_the_words_of_ossicle_listen_whatever_the_blocks(self):
        pause = numpy.zeros(RATE)
        sound = numpy.concatenate([pause, tone(310), pause, tone(1600), pause])
        write_wav(self.folder / "signal.wav", sound)
        told = tool("ossicle-listen", "--json", self.model, self.folder / "signal.wav")
        self.assertEqual([t["label"] for t in told], ["low", "high"])
        for n in (160, 4096):
            listener = self.recogniser.listen(RATE)
            words = [word for i in range(0, sound.size, n) for word in listener.push(sound[i:i + n])] + listener.finish()
            self.assertEqual([w.answer.label for w in words], ["low", "high"])
            for word, wanted in zip(words, told):
                self.assertAlmostEqual(word.begin, wanted["begin"], places=3)
                self.assertAlmostEqual(word.end, wanted["end"], places=3)
                self.assertTrue(word.begin < word.end <= word.known and word.is_final)
        guessing = self.recogniser.listen(RATE, partial=0.1)
        guesses = [w for w in guessing.push(sound) + guessing.finish() if not w.is_final]
        self.assertGreater(len(guesses), 2)

    def test_a_refused_word_takes_no_other_word_along(self):
        folder = self.folder / "long-steps"
        folder.mkdir()
        listener = ossicle.Recogniser(make_model(BUILD_DIR / "tools", folder, "--decimation", "4800")).listen(RATE)
        pause = numpy.zeros(RATE)
        with self.assertRaisesRegex(ValueError, "shorter than one step"):
            listener.push(numpy.concatenate([pause, tone(310, 0.2), pause, tone(310, 0.8), pause]))
        word, = listener.words()
        self.assertAlmostEqual(word.begin, 2.2, delta=0.1)
        self.assertEqual(listener.words(), [])

    def test_ctrl_c_leaves_a_push_and_loses_no_word(self):
        listener = self.recogniser.listen(RATE)
        sound = numpy.tile(numpy.concatenate([numpy.zeros(RATE), tone(310)]).astype(numpy.float32), 200)

        def interrupt(*_):
            raise KeyboardInterrupt

        before = signal.signal(signal.SIGALRM, interrupt)
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        with self.assertRaises(KeyboardInterrupt):
            listener.push(sound)
        self.assertEqual(len(listener.words() + listener.finish()), 200)

    def test_copies_share_what_the_library_gave(self):
        def copies():
            recogniser = ossicle.Recogniser(self.model)
            return copy.copy(recogniser), copy.copy(recogniser.listen(RATE))

        recogniser, listener = copies()
        gc.collect()
        self.assertEqual(recogniser(self.samples, RATE), self.recogniser(self.samples, RATE))
        self.assertEqual(len(listener.push(numpy.concatenate([numpy.zeros(RATE), tone(310), numpy.zeros(RATE)]))), 1)

    def test_a_program_may_end_while_a_thread_listens(self):
        program = (f"import sys, threading, time; sys.path.insert(0, {str(MODULE_DIR)!r}); import numpy, ossicle\n"
                   f"recogniser, block = ossicle.Recogniser({str(self.model)!r}), 0.3 * numpy.sin(0.1 * numpy.arange(6400))\n"
                   "def work():\n    listener = recogniser.listen(16000)\n    while True: listener.push(block)\n"
                   "threading.Thread(target=work, daemon=True).start(); time.sleep(0.2)")
        for _ in range(5):
            self.assertEqual(subprocess.run([sys.executable, "-B", "-c", program]).returncode, 0)

    def test_threads_share_a_recogniser(self):
        wanted = self.recogniser(self.samples, RATE)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: self.recogniser(self.samples, RATE), range(20)))
        self.assertEqual(set(answers), {wanted})

    def test_a_listener_keeps_its_recogniser(self):
        listener = ossicle.Recogniser(self.model).listen(RATE)
        gc.collect()
        words = listener.push(numpy.concatenate([numpy.zeros(RATE), tone(310), numpy.zeros(RATE)]))
        self.assertEqual([w.answer.label for w in words], ["low"])

    def test_only_the_functions_of_the_header_come_out_of_the_library(self):
        library = pathlib.Path(ossicle._library._name)
        lines = subprocess.run(["nm", "--dynamic", "--defined-only", library], stdout=subprocess.PIPE, check=True, text=True).stdout
        names = {line.split()[-1].split("@")[0] for line in lines.splitlines()}
        self.assertEqual(names - {"OSSICLE_1"}, set(ossicle._DECLARATIONS))
        self.assertEqual(ossicle._library.ossicle_api_version(), ossicle._API_VERSION)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
