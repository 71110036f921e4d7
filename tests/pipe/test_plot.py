"""ossicle-plot on what the other tools write. Usage: test_plot.py FOLDER_OF_THE_TOOLS"""

import json
import os
import pathlib
import pty
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest
import xml.etree.ElementTree as xml

TOOLS = pathlib.Path(sys.argv.pop() if len(sys.argv) > 1 else ".").resolve()
sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent.parent))
from tests.support.tones import sine, write_wav  # noqa: E402

SVG = "{http://www.w3.org/2000/svg}"
RATE = 12500
if not shutil.which("gnuplot"):
    print("SKIPPED: no gnuplot")
    sys.exit(0)


class Plot(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.root = pathlib.Path(folder.name)
        rows = ["path\tlabel\tspeaker\tkey"]
        for index, word in enumerate(("high", "low, long")):
            for token in range(6):
                write_wav(cls.root / f"{index}{token}.wav", sine(2000 / 4**index + 10 * token, 6000 + 500 * index, RATE), RATE)
                rows.append(f"{index}{token}.wav\t{word}\tx{token}\t{index}{token}")
        (cls.root / "list.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        cls.tool("ossicle-lyon", "--list", "list.tsv", "-o", "s.tar")
        train = ("--preset", "plain", "--hidden", "12,7", "--epochs", 8, "--batch", 4, "--valid-fraction", 0.2)
        cls.tool("ossicle-train", "s.tar", "-o", "m.model", *train, "--log", "run.jsonl")
        write_wav(cls.root / "none.wav", sine(5000, 6000, RATE), RATE)
        cls.tool("ossicle-lyon", "none.wav", "-o", "none.tar")
        written = ("--confusion", "c.csv", "--latency", "l.csv", "--unknown", "none.tar", "--det", "d.csv")
        cls.report = cls.tool("ossicle-eval", "m.model", "s.tar", *written)
        cls.tool("ossicle-predict", "m.model", "s.tar", "--spikes", "all", "-o", "spikes.tar")
        (cls.root / "answers.jsonl").write_text(cls.tool("ossicle-predict", "m.model", "s.tar", "--json", "--top", 2))

    @classmethod
    def tool(cls, name, *words):
        command = [TOOLS / name, "-q", *map(str, words)]
        return subprocess.run(command, cwd=cls.root, check=True, timeout=120, stdout=subprocess.PIPE, text=True).stdout

    def texts(self, *words):
        drawn = xml.fromstring(self.tool("ossicle-plot", *words))
        return [text.text.strip() for text in drawn.iter(f"{SVG}text") if text.text]

    def test_it_is_one_of_the_tools(self):
        version = self.tool("ossicle-info", "--version").removeprefix("ossicle-info")
        self.assertEqual(self.tool("ossicle-plot", "--version"), f"ossicle-plot{version}")
        with open(TOOLS / "ossicle-plot", "rb") as file:
            self.assertEqual(file.readline(), b"#!/usr/bin/env python3\n")
        copy = self.root / "copied"
        shutil.copy(TOOLS / "ossicle-plot", copy)  # runs wherever it is put
        self.assertEqual(
            subprocess.run([copy, "--version"], check=True, stdout=subprocess.PIPE).stdout.split()[0], b"ossicle-plot"
        )

    def test_a_recording_above_its_spikes(self):
        texts = self.texts("s.tar", "spikes.tar", "--key", "12")
        self.assertIn("12: “low, long”, spoken by x2. Cochleagram", texts)
        self.assertIn("centre frequency (Hz)", texts)
        with tarfile.open(self.root / "spikes.tar") as tar:
            spikes = tar.extractfile("12.npy").read()[-100 * 21 :]  # 100 steps of 12, 7 and 2 neurons
        wanted = {}
        for name, begin, end in (("layer 1", 0, 12), ("layer 2", 12, 19), ("the output layer", 19, 21)):
            wanted[name] = sum(sum(spikes[21 * step + begin : 21 * step + end]) for step in range(100))
        found = (re.fullmatch(r"Spikes of (.*), ([\d,]+) in all", text) for text in texts)
        self.assertEqual({match[1]: int(match[2].replace(",", "")) for match in found if match}, wanted)
        self.assertTrue(all(wanted.values()), wanted)
        sums = (re.fullmatch(r".*: (\d+) spikes", text) for text in texts)
        self.assertEqual(sum(int(match[1]) for match in sums if match), wanted["the output layer"])

    def test_a_recording_straight_from_the_ear(self):
        done = subprocess.run(
            f"'{TOOLS}/ossicle-lyon' -q 03.wav | '{TOOLS}/ossicle-plot'",
            shell=True,
            cwd=self.root,
            timeout=60,
            stdout=subprocess.PIPE,
            check=True,
        )
        self.assertIn("03. Cochleagram", [text.text for text in xml.fromstring(done.stdout).iter(f"{SVG}text")])

    def test_what_training_and_evaluation_write(self):
        self.assertIn("Training of run. Loss on the training part", self.texts("run.jsonl"))
        right = re.search(r"(\d+) of (\d+) utterances", self.report)
        self.assertTrue(
            any(text.startswith(f"Confusions: {right[1]} of {right[2]} right") for text in self.texts("c.csv"))
        )
        self.assertIn("share heard (%); 100 % are 100 steps in the mean", self.texts("l.csv"))
        self.assertIn("Detection error trade-off", self.texts("d.csv"))

    def test_a_page_of_the_run(self):
        self.tool(
            "ossicle-plot",
            "--html",
            "run.jsonl",
            "c.csv",
            "l.csv",
            "s.tar",
            "spikes.tar",
            "answers.jsonl",
            "--worst",
            3,
            "-o",
            "run.html",
        )
        page = (self.root / "run.html").read_text(encoding="utf-8")
        self.assertEqual(page.count("<svg"), 3 + 3)
        margins = []
        for line in map(json.loads, (self.root / "answers.jsonl").read_text().splitlines()):
            scores = {each["label"]: each["score"] for each in line["top"]}
            right = "high" if line["path"].startswith("0") else "low, long"
            margins.append(scores.pop(right) - max(scores.values()))
        worst = [f"{margin:.3f}" for margin in sorted(margins)[:3]]
        self.assertEqual(re.findall(r"<td>(-?\d+\.\d{3})</td></tr>", page), worst)

    def test_a_terminal_gets_text(self):
        main, other = pty.openpty()
        done = subprocess.run([TOOLS / "ossicle-plot", "c.csv"], cwd=self.root, stdout=other, timeout=60, check=True)
        os.close(other)
        shown = os.read(main, 100000).decode()
        os.close(main)
        self.assertEqual(done.returncode, 0)
        self.assertIn("Confusions: ", shown)
        self.assertIn("+---", shown)
        self.assertNotIn("<svg", shown)


if __name__ == "__main__":
    unittest.main()
