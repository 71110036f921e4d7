"""datasets/synthetic/picture on tones, against the streams that it draws. Usage: test_picture.py FOLDER_OF_THE_TOOLS"""

import ast
import os
import pathlib
import re
import struct
import subprocess
import sys
import tarfile
import tempfile
import unittest
import xml.etree.ElementTree as xml

try:
    import numpy  # noqa: F401
except ImportError:
    print("SKIPPED: no NumPy")
    sys.exit(0)

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TOOLS = pathlib.Path(sys.argv.pop() if len(sys.argv) > 1 else ".").resolve()
sys.path.append(str(ROOT))
from tests.support.tones import sine, write_wav  # noqa: E402

WORDS = ("high", "low & long")  # a picture must escape the second
RATE = 12500
SVG = "{http://www.w3.org/2000/svg}"


def write_tone(path, pitch, n_samples):
    """Silence, then a tone from a quarter on."""
    samples = sine(pitch, n_samples, RATE)
    write_wav(path, [0.0] * (n_samples // 4) + samples[n_samples // 4:], RATE)


def numbers(stream, key, code, size):
    """Rows of a record's array, read without NumPy."""
    with tarfile.open(stream) as tar:
        data = tar.extractfile(f"{key}.npy").read()
    begin = 10 + struct.unpack("<H", data[8:10])[0]
    n_rows, n_columns = ast.literal_eval(data[10:begin].decode())["shape"]
    values = struct.unpack(f"<{n_rows * n_columns}{code}", data[begin:begin + size * n_rows * n_columns])
    return [values[row * n_columns:(row + 1) * n_columns] for row in range(n_rows)]


class Picture(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.root = pathlib.Path(folder.name)
        rows = ["path\tlabel\tspeaker\tkey"]
        for index, word in enumerate(WORDS):
            for token in range(4):
                write_tone(cls.root / f"{index}{token}.wav", 2000 / 4**index + 10 * token, 6000 + 500 * index)
                rows.append(f"{index}{token}.wav\t{word}\tx{token}\t{index}{token}")
        (cls.root / "list.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        model, stream = cls.root / "plain.safetensors", cls.root / "unseen.tar"
        cls.tool("ossicle-lyon", "--list", cls.root / "list.tsv", "--root", cls.root, "-o", stream)
        (cls.root / "train.tar").symlink_to(stream)
        cls.tool("ossicle-train", stream, "-o", model, "--preset", "plain", "--hidden", "12,7", "--epochs", 12, "--batch", 4)
        for layer in ("1", "output"):
            cls.tool("ossicle-predict", model, stream, "--spikes", layer, "-o", cls.root / f"{layer}.tar")

    @staticmethod
    def tool(name, *words):
        subprocess.run([TOOLS / name, "-q", *map(str, words)], check=True, timeout=120)

    def picture(self, *words, code=0):
        command = [sys.executable, "-B", str(ROOT / "datasets/synthetic/picture"), *map(str, words)]
        done = subprocess.run(command, env={**os.environ, "PATH": f"{TOOLS}:{os.environ['PATH']}"}, timeout=120, capture_output=True,
                              text=True, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr

    def test_marks_are_those_of_the_streams(self):
        key = "11"
        self.picture(self.root, "--key", key, "-o", self.root / "picture.svg")
        paths = xml.parse(self.root / "picture.svg").getroot().findall(f".//{SVG}path")

        marks = [path.get("d") for path in paths if path.get("class") == "spikes"]
        n_spikes = 0
        for layer, found in zip(("1", "output"), marks, strict=True):
            raster = numbers(self.root / f"{layer}.tar", key, "?", 1)
            wanted = {(step, neuron) for step, row in enumerate(raster) for neuron, spike in enumerate(row) if spike}
            self.assertEqual({(int(step), int(neuron)) for step, neuron in re.findall(r"M(\d+)\.2 (\d+)\.1h", found)}, wanted)
            n_spikes += len(wanted)
        self.assertGreater(n_spikes, 0)

        intensity = numbers(self.root / "unseen.tar", key, "f", 4)
        level = {}
        for path in (path for path in paths if path.get("class") == "cells"):
            colour = path.get("fill")
            light = 0.299 * int(colour[1:3], 16) + 0.587 * int(colour[3:5], 16) + 0.114 * int(colour[5:7], 16)
            for step, channel, n in re.findall(r"M(\d+) (\d+)h(\d+)v1h", path.get("d")):
                level.update({(int(step) + i, int(channel)): light for i in range(int(n))})
        drawn = sorted((light, intensity[step][channel]) for (step, channel), light in level.items())
        lights = sorted({light for light, _ in drawn}, reverse=True)
        self.assertGreater(len(lights), 8)
        # In grey too, what is darker is stronger, and white is what lies below the first of 24 levels.
        for brighter, darker in zip(lights, lights[1:]):
            self.assertLess(max(value for light, value in drawn if light == brighter), min(value for light, value in drawn if light == darker))
        largest = max(map(max, intensity))
        white = [value for step, row in enumerate(intensity) for channel, value in enumerate(row) if (step, channel) not in level]
        self.assertLess(max(white), largest / 24 * 1.0001)
        self.assertEqual(max(value for _, value in drawn), largest)

    def test_axes(self):
        self.picture(self.root, "--key", "11", "-o", self.root / "picture.svg")
        texts = [text.text for text in xml.parse(self.root / "picture.svg").getroot().findall(f".//{SVG}text")]
        for wanted in ("time, ms", "0", "500", "neuron", *WORDS):
            self.assertIn(wanted, texts)
        self.assertNotIn("600", texts)  # 6,500 samples at 12.5 kHz are 520 ms
        self.assertIn("“low & long”, spoken by synthetic voice x1", texts[0])

    def test_help_needs_no_numpy(self):
        folder = self.root / "without"
        folder.mkdir()
        (folder / "numpy.py").write_text("raise ImportError('none')\n", encoding="utf-8")
        command, env = [sys.executable, "-B", str(ROOT / "datasets/synthetic/picture")], {**os.environ, "PYTHONPATH": str(folder)}
        asked = subprocess.run([*command, "--help"], env=env, timeout=60, capture_output=True, text=True, check=False)
        self.assertEqual((asked.returncode, asked.stderr), (0, ""))
        self.assertIn("--key KEY", asked.stdout)
        drawn = subprocess.run([*command, str(self.root)], env=env, timeout=60, capture_output=True, text=True, check=False)
        self.assertEqual(drawn.returncode, 2)
        self.assertIn("picture: no NumPy for", drawn.stderr)

    def test_what_cannot_be_done_is_said(self):
        self.assertIn("run scripts/quickstart", self.picture(self.root / "absent", code=2))
        self.assertIn("no recording 99", self.picture(self.root, "--key", "99", "-o", self.root / "none.svg", code=2))
        self.assertFalse((self.root / "none.svg").exists())


if __name__ == "__main__":
    unittest.main()
