"""scripts/reproduce from recordings to tables, on made-up tones in FSDD's names. Usage: test_reproduce.py FOLDER_OF_THE_TOOLS"""

import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TOOLS = pathlib.Path(sys.argv.pop() if len(sys.argv) > 1 else ".").resolve()
sys.path.insert(0, str(ROOT / "scripts/tables"))
from plan import EPOCHS, HIDDEN, TABLES  # noqa: E402
from rows import NETWORKS, ONLY, PUBLISHED  # noqa: E402
sys.path.append(str(ROOT))
from tests.support.tones import sine, write_wav  # noqa: E402

SPEAKERS = ("ann", "bob", "cy")
ENVIRONMENT = {**os.environ, "PATH": f"{TOOLS}:{os.environ['PATH']}"}


def write_tone(path, pitch_hz, noise):
    write_wav(path, [x + noise.uniform(-0.03, 0.03) for x in sine(pitch_hz, 1200, 8000, 0.28)], 8000)


def write_corpus(folder, speakers, indices, step_hz):
    """Two digits a pitch apart, each speaker a little higher than the one before."""
    folder.mkdir()
    noise = random.Random(1)
    for digit in range(2):
        for i, speaker in enumerate(speakers):
            for index in indices:
                write_tone(folder / f"{digit}_{speaker}_{index}.wav", 300 + 900 * digit + step_hz * i, noise)


class Reproduce(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        write_corpus(self.root / "fsdd", SPEAKERS, range(9), 60)

    def reproduce(self, *words, code=0, extra=()):
        command = [sys.executable, "-B", ROOT / "scripts/reproduce", *words, "--data", self.root, "--out", self.root / "out", "--quick",
                   "--hidden", "8-8-8", "--jobs", 2, *(["--", *extra] if extra else [])]
        done = subprocess.run([str(word) for word in command], env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=200, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def results(self, table):
        return {path.stem: json.loads(path.read_text()) for path in (self.root / "out/quick" / table).glob("best-*/*.json")}

    def tool(self, name, *words, code=0):
        done = subprocess.run([TOOLS / name, *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=200, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def preset(self, name):
        """(layers, epochs) of a preset of ossicle-train. The epochs are what a shorter run is told that it differs in."""
        stream, model = self.root / "tones.tar", self.root / name
        train = ["ossicle-train", stream, "--preset", name, "--threads", 1, "-o", model]
        self.tool(*train, "--epochs", 1)
        sizes = json.loads(self.tool("ossicle-info", "--json", model).stdout)["training"]["network"]["sizes"]
        told = self.tool(*train, "--resume", code=2).stderr
        return "-".join(map(str, sizes[1:-1])), int(re.search(r"n_epochs: 1 in the checkpoint, (\d+) now", told)[1])

    def test_presets_are_those_of_the_tool(self):
        rows = [f"{self.root / 'fsdd'}/{digit}_ann_0.wav\t{digit}\tann\n" for digit in range(2)]
        (self.root / "tones.tsv").write_text("path\tlabel\tspeaker\n" + "".join(rows), encoding="utf-8")
        self.tool("ossicle-lyon", "--list", self.root / "tones.tsv", "-o", self.root / "tones.tar")
        for name in ("best", "best-large"):
            self.assertEqual((HIDDEN[name], EPOCHS[name]), self.preset(name))
        self.assertEqual(EPOCHS["plain"], self.preset("plain")[1])
        for table in (TABLES[name] for name in PUBLISHED):
            self.assertEqual((table.hidden, EPOCHS["paper"]), self.preset(table.preset))

    def test_official_split(self):
        words = ("fsdd", "--best-on-test", "--rows", "ff,sr,sr-bip,srsc,srsc-bip")
        done = self.reproduce(*words)
        results = self.results("fsdd")
        self.assertEqual(len(results), 10)
        run = results["srsc-bip-s1"]
        self.assertEqual((run["n_epochs"], len(run["valid"]["by_epoch"]), run["test"]["last"]["n_total"]), (2, 2, 30))
        self.assertEqual(run["valid"]["best"], max(run["valid"]["by_epoch"]))
        self.assertEqual((run["layers"], results["ff-s1"]["layers"]), ("8-8-8", "8-8-8"))
        self.assertGreater(run["parameters"], results["ff-s1"]["parameters"])
        self.assertEqual(set(run["test"]), {"last", "best"})
        on_test = results["srsc-bip-s1-on-test"]
        self.assertNotIn("test", on_test)
        self.assertEqual(on_test["test_by_epoch"]["best"], max(on_test["test_by_epoch"]["by_epoch"]))
        self.assertIn(f"| SrSc-BIP | 8-8-8 | {run['parameters']} | 1 |", done.stdout)
        self.assertEqual(list((self.root / "out").rglob("*.ckpt")), [])

        # What has its result is left as it is; the one that is missing comes back the same.
        path = self.root / "out/quick/fsdd" / "best-8-8-8-2epochs/sr-s1.json"
        kept = path.with_name("ff-s1.json")
        before, when = json.loads(path.read_text()), kept.stat().st_mtime_ns
        path.unlink()
        again = self.reproduce(*words)
        self.assertEqual(again.stderr.count(": done"), 1, again.stderr)
        self.reproduce(*words, "--run", "fsdd/best-8-8-8-2epochs/ff-s1")
        self.assertEqual(kept.stat().st_mtime_ns, when)
        after = json.loads(path.read_text())
        self.assertEqual((after["test"], after["valid"]), (before["test"], before["valid"]))

    def test_every_row(self):
        rows = [row for row in NETWORKS if row not in ONLY]
        done = self.reproduce("fsdd", "--rows", ",".join(rows))
        results = self.results("fsdd")
        self.assertEqual(set(results), {f"{row}-s1" for row in rows})
        layers = {name: result["layers"] for name, result in results.items()}
        self.assertEqual([layers[f"{row}-s1"] for row in ("r", "st-rsbp", "hm2", "lsm-r2000")], ["8-R8-8", "8-8-8", "8-8", "R40"])
        self.assertEqual(results["r-s1"]["parameters"] - results["ff-s1"]["parameters"], 8 * 8)
        self.assertIn("SrSc-BIP (8-8-8) against the random recurrent network R (8-R8-8):", done.stdout)
        self.assertIn("reservoirs are 50 times smaller", done.stderr)

    def test_speakers_left_out(self):
        self.assertIn("make the streams first", self.reproduce("fsdd-unseen", "--run", 5, code=2).stderr)
        self.reproduce("fsdd-unseen", "--prepare")
        runs = self.reproduce("fsdd-unseen", "--list").stdout.splitlines()
        self.reproduce("fsdd-unseen", "--run", 5)
        name = runs[4].split("\t")[0].split("/")[-1]
        run = self.results("fsdd-unseen")[name]
        self.assertEqual((run["fold"], run["row"]), ("ann", "sr"))
        self.assertEqual(set(run["test"]["best"]["per_speaker"]), {"ann"})

    def test_what_the_published_way_costs_is_said_before(self):
        done = self.reproduce("fsdd", "--as-published", "--rows", "ff")
        self.assertRegex(done.stderr, r"(?s)making the streams.* 2 trainings of networks will take about 0\.0 hours of CPU, 0\.0 of them for reservoirs; .*: done")
        self.assertEqual(len(list((self.root / "out/quick/fsdd").glob("paper-8-8-8-2epochs/ff-s1*.json"))), 2)

    def test_a_run_that_fails_is_said(self):
        done = self.reproduce("fsdd", "--rows", "ff,sr", code=1, extra=["--tau-m", "-1"])
        self.assertIn("exit code 2", done.stderr)
        self.assertEqual(self.results("fsdd"), {})


if __name__ == "__main__":
    unittest.main()
