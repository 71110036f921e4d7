"""datasets/fsdd/model on tones in the data set's layout: model, card, and no second score. Usage: test_fsdd_model.py FOLDER_OF_THE_TOOLS"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TOOLS = pathlib.Path(sys.argv.pop() if len(sys.argv) > 1 else ".").resolve()
sys.path.append(str(ROOT))
from tests.support.tones import sine, write_wav  # noqa: E402

SPEAKERS = ("george", "jackson")
N_TOKENS = 15  # of a digit by one speaker, 5 of them for the test
RATE = 8000


def write_tone(path, digit, speaker, token):
    """A tone of the digit's own pitch, by each speaker and in each recording a little apart."""
    pitch = 300.0 * 1.25**digit * (1.0 + 0.02 * speaker + 0.002 * token)
    write_wav(path, sine(pitch, RATE // 4, RATE), RATE)


class Model(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.root = pathlib.Path(folder.name)
        (cls.root / "data/recordings").mkdir(parents=True)
        for digit in range(10):
            for index, speaker in enumerate(SPEAKERS):
                for token in range(N_TOKENS):
                    write_tone(cls.root / f"data/recordings/{digit}_{speaker}_{token}.wav", digit, index, token)

    def script(self, *arguments, code=0):
        command = [str(word) for word in (ROOT / "datasets/fsdd/model", *arguments)]
        done = subprocess.run(command, env={**os.environ, "PATH": f"{TOOLS}:{os.environ['PATH']}"}, timeout=240,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def test_model_and_card(self):
        out = self.root / "out"
        done = self.script(self.root / "data", out, "--epochs", 1, "--seed", 4, "--threads", 1)
        self.assertIn("validation part: 20 of 200 utterances (--valid-seed 1)", done.stderr)
        self.assertEqual(sorted(path.name for path in out.iterdir()), ["CARD.md", "fsdd.model", "parts"])
        card = (out / "CARD.md").read_text(encoding="utf-8")
        score = re.search(r"\| test \| ([\d.]+) % \((\d+) of 100; 95 % interval", card)
        text = subprocess.run([TOOLS / "ossicle-eval", out / "fsdd.model", out / "parts/test.tar"], capture_output=True, text=True,
                              check=True).stdout
        self.assertIn(f"{score[2]} of 100 utterances", text)
        self.assertEqual(float(score[1]), float(score[2]))
        info = json.loads(subprocess.run([TOOLS / "ossicle-info", "--json", out / "fsdd.model"], capture_output=True, text=True,
                                         check=True).stdout)
        self.assertIn(f"chose | {100 * info['valid_accuracy']:.2f} % |", card)
        self.assertIn(f"| {float(score[1]):.1f} |\n\nThe decision no longer changes", card)  # the curve ends in the accuracy
        for wanted in ("CC BY-SA 4.0", "10.5281/zenodo.1342401", "--epochs 1 --seed 4", "78-128-128-128-10", "| seed | 4;",
                       "| speaker | george | jackson |", "| heard | 25 % | 50 % | 75 % | 100 % |", "Six speakers", "Not for security",
                       f"{(out / 'fsdd.model').stat().st_size} bytes"):
            self.assertIn(wanted, card)
        self.assertNotIn(str(self.root), card)
        named = subprocess.run([TOOLS / "ossicle-predict", out / "fsdd.model", self.root / "data/recordings/3_george_0.wav"],
                               capture_output=True, text=True, check=True).stdout
        self.assertRegex(named, r"\t\d\t")
        again = self.script(self.root / "data", out, code=2)
        self.assertIn("name another folder", again.stderr)
        self.assertEqual((out / "CARD.md").read_text(encoding="utf-8"), card)

    def test_what_cannot_be_done_is_said(self):
        for arguments in ((), (self.root / "data",), (self.root / "data", self.root / "x", "--width", 3)):
            self.assertIn("usage: datasets/fsdd/model DIR OUT", self.script(*arguments, code=2).stderr)
        self.assertIn("no such folder", self.script(self.root / "absent", self.root / "x", code=2).stderr)
        self.assertFalse((self.root / "x/fsdd.model").exists())


if __name__ == "__main__":
    unittest.main()
