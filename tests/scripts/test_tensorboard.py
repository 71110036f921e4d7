"""scripts/peers/write_events.py, read back by TensorBoard itself. Skipped without the environment that scripts/tensorboard makes."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PYTHON = ROOT / "build/tensorboard-venv/bin/python"
READ = """
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0})
events.Reload()
print(json.dumps({tag: [(e.step, e.value, e.wall_time) for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}))
"""
LINE = {"epoch": 1, "loss": 3.5, "train_accuracy": 0.25, "firing_rates": [0.125, 0.5], "arrays": {"w_0_1": {"rms": 0.75}}, "seconds": 2.5}


@unittest.skipUnless(PYTHON.is_file(), "no TensorBoard")
class Events(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def log(self, name, *lines, rest=""):
        path = self.root / name
        path.write_text("".join(json.dumps(line) + "\n" for line in lines) + rest, encoding="utf-8")
        os.utime(path, (1000, 1000))
        return path

    def write(self, *words, code=0):
        command = [PYTHON, "-B", ROOT / "scripts/peers/write_events.py", *map(str, words)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr

    def test_every_number_is_a_scalar_of_its_epoch(self):
        second = {**LINE, "epoch": 2, "loss": 1.5, "valid_accuracy": 0.5, "seconds": 7.5}
        log = self.log("run.jsonl", LINE, second, rest='{"epoch":3,')
        self.write(self.root / "out", log)
        found = json.loads(subprocess.run([PYTHON, "-c", READ, self.root / "out/run"], check=True, stdout=subprocess.PIPE, timeout=120).stdout)
        self.assertEqual(found, {"loss": [[1, 3.5, 995.0], [2, 1.5, 1000.0]], "train_accuracy": [[1, 0.25, 995.0], [2, 0.25, 1000.0]],
                                 "valid_accuracy": [[2, 0.5, 1000.0]], "firing_rates/1": [[1, 0.125, 995.0], [2, 0.125, 1000.0]],
                                 "firing_rates/2": [[1, 0.5, 995.0], [2, 0.5, 1000.0]], "arrays/w_0_1/rms": [[1, 0.75, 995.0], [2, 0.75, 1000.0]]})

    def test_what_cannot_be_written_is_said_and_nothing_is_there(self):
        good, out = self.log("good.jsonl", LINE), self.root / "out"
        for log, said in ((self.log("empty.jsonl"), "holds no epoch yet"), (self.log("nan.jsonl", {**LINE, "loss": float("nan")}), "line 1: loss is not finite"),
                          (self.log("other.jsonl", {"a": 1}), "line 1 has no epoch and seconds"), (self.log("bad.jsonl", rest="x\n"), "wanted a log"),
                          (self.root / "none.jsonl", "No such file"), (good, "is there, or of two logs")):
            with self.subTest(said=said):
                self.assertIn(said, self.write(out, good, log, code=2))
                self.assertFalse(out.exists())


if __name__ == "__main__":
    if not PYTHON.is_file():
        print("SKIPPED: no TensorBoard; scripts/tensorboard installs it")
    unittest.main()
