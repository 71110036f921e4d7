"""datasets/ti46/run.sh from a tree of SPHERE files to an accuracy. Usage: test_ti46.py FOLDER_OF_THE_TOOLS"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TOOLS = pathlib.Path(sys.argv.pop() if len(sys.argv) > 1 else ".").resolve()


class Run(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.root = pathlib.Path(folder.name)
        made = subprocess.run([sys.executable, "-B", ROOT / "datasets/ti46/make_tree", cls.root / "disc", "--speech", cls.root / "speech",
                               "--task", "digits", "--train-tokens", "2", "--test-tokens", "1", "--missing", "1", "--truncated", "1",
                               "--upper-case"], capture_output=True, text=True, timeout=240, check=False)
        assert made.returncode == 0, made.stderr

    def run_sh(self, *arguments, code=0):
        command = [ROOT / "datasets/ti46/run.sh", self.root / "disc", *arguments]
        done = subprocess.run([str(word) for word in command], env={**os.environ, "PATH": f"{TOOLS}:{os.environ['PATH']}"}, timeout=240,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def test_the_papers_preset(self):
        done = self.run_sh("--task", "digits", "-o", self.root / "paper", "--", "--hidden", "20,20,20", "--epochs", 1, "--threads", 1)
        self.assertIn("is cut short", done.stderr)
        self.assertIn("of 158 utterances", done.stdout)  # of 160, one is missing and one cut
        self.assertNotIn("was made for", done.stderr)  # the preset's note on other numbers of channels or classes
        self.assertIn("ossicle-lyon: 318 recordings, 78 channels", done.stderr)
        info = subprocess.run([TOOLS / "ossicle-info", self.root / "paper/train.tar"], capture_output=True, text=True, check=True).stdout
        classes = info.split("classes:\n")[1].splitlines()[:10]
        self.assertEqual([line.split(":")[0].strip() for line in classes], "zero one two three four five six seven eight nine".split())

    @unittest.skipUnless(shutil.which("parallel"), "GNU parallel is not installed")
    def test_shards_validation_and_a_speaker_left_out(self):
        out = self.root / "best"
        done = self.run_sh("--task", "digits", "-o", out, "--preset", "best", "--shards", 3, "--valid-tokens", 9, "--leave-out", "m4",
                           "--", "--hidden", "20,20,20", "--epochs", 2, "--threads", 1)
        self.assertEqual(sorted(path.name for path in out.glob("*.tar*")), ["test.tar", "train.tar", "unseen.tar", "valid.tar"])
        self.assertEqual(done.stdout.count("accuracy "), 4)  # test and unseen, each with the last and with the best model
        self.assertIn("unseen, after the epoch best on the validation tokens", done.stderr)

    def test_what_cannot_be_done_is_said(self):
        for arguments in ((), ("--task", "words"), ("--task", "digits", "--preset", "paper-alpha"), ("--task", "digits", "--shards", 0)):
            self.assertIn("usage: datasets/ti46/run.sh DIR", self.run_sh(*arguments, code=2).stderr)


if __name__ == "__main__":
    if not shutil.which("espeak-ng"):
        print("SKIPPED: espeak-ng is not installed")
        sys.exit(0)
    unittest.main()
