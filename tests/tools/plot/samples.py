"""Inputs of ossicle-plot made by hand, without NumPy, and the pictures that it makes of them."""

import io
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
import unittest
import warnings
import xml.etree.ElementTree as xml
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[3]
SVG = "{http://www.w3.org/2000/svg}"
PROGRAM = ROOT / "tools/plot"  # runs as a program too: what is packed is no other code
sys.path.insert(0, str(PROGRAM))

LYON = {
    "tool": "ossicle-lyon",
    "params": {"sample_rate_hz": 12500, "n_channels": 78, "ear_q": 8.0, "step_factor": 0.25},
}
PREDICT = {"tool": "ossicle-predict", "params": {"layers": "1,2", "model": "0123456789abcdef"}}
CODES = {"cochleagram": ("<f4", "f"), "raster": ("|b1", "B"), "counts": ("<u2", "H"), "events": ("<u4", "I")}


def npy(rows, descr, code):
    shape = (len(rows), len(rows[0]))
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    return (
        b"\x93NUMPY\x01\x00"
        + struct.pack("<H", len(header))
        + header
        + b"".join(struct.pack(f"<{len(row)}{code}", *row) for row in rows)
    )


def record(key, rows, label="", speaker="", dt_ms=10.0, n_steps=None):
    return {
        "key": key,
        "rows": rows,
        "label": label,
        "speaker": speaker,
        "dt_ms": dt_ms,
        "n_steps": n_steps or len(rows),
    }


def stream(kind, records, classes=("no", "yes"), recipe=(LYON,), made_by=(), n_channels=None, **wrong):
    """Bytes of a stream of records as record() makes them. `wrong`: what it says of itself though it is not so."""
    version, says, n_records = (wrong.get(name) for name in ("version", "says", "n_records"))
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:

        def add(name, data):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))

        header = {"format": "ossicle-stream", "version": version or 2, "kind": says or kind, "dt_ms": None}
        header |= {"n_channels": n_channels or len(records[0]["rows"][0]), "classes": list(classes)}
        add("__header__", sealed({**header, "recipe": list(recipe), "made_by": list(made_by)}))
        for each in records:
            array = npy(each["rows"], *CODES[kind])
            fields = {name: value for name, value in each.items() if name != "rows"}
            add(f"{each['key']}.npy", array)
            add(f"{each['key']}.json", sealed({**fields, "npy_crc32": f"{zlib.crc32(array):08x}"}))
        if wrong.get("end", True):
            add("__end__", sealed({"n_records": n_records or len(records)}))
    return out.getvalue()


def sealed(fields):
    """A JSON member of a stream."""
    data = json.dumps({**fields, "crc32": "00000000"}, separators=(",", ":")).encode() + b"\n"
    return data[:-11] + f"{zlib.crc32(data):08x}".encode() + data[-3:]


def heard_and_spikes():
    """A stream of two cochleagrams, and that of the spikes that answer: 3 neurons of layer 1, then no and yes."""
    heard = [[((3 * step + channel) % 13) / 13 for channel in range(78)] for step in range(20)]
    spikes = [[int(step % 4 == 0), int(step == 7), 0, int(step == 3), int(step % 2)] for step in range(20)]
    return (
        stream("cochleagram", [record("a", heard, "no", "anna"), record("b", heard, "yes", "ben")]),
        stream(
            "raster",
            [record("a", spikes, "no", "anna"), record("b", spikes, "yes", "ben")],
            recipe=(LYON, PREDICT),
            made_by=[["ossicle-predict neurons", "1:3,output:2"]],
        ),
    )


def log(n_epochs=5, **changes):
    lines = [
        {"epoch": at, "loss": 3 / at, "train_accuracy": at / 10, "firing_rates": [0.1, 0.05], "valid_accuracy": at / 12}
        for at in range(1, n_epochs + 1)
    ]
    lines[-1].update(changes)
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


CONFUSION = b'label\\predicted,no,"yes, sir"\nno,9,1\n"yes, sir",3,7\n'
LATENCY = b"step,share,accuracy,n\n50,0.5,0.25,20\n100,1,0.75,20\n"
DET = b"threshold,miss,false_accept\n0.1,0.001,0.4\n0.5,0.1,0.1\n0.9,0.4,0.001\ninf,1,0\n"
ANSWERS = b"".join(
    json.dumps(
        {
            "path": key,
            "label": "yes",
            "score": 8.0,
            "top": [{"label": "yes", "score": 8.0}, {"label": "no", "score": 2.5}],
        }
    ).encode()
    + b"\n"
    for key in "ab"
)


class Folder(unittest.TestCase):
    """A folder for each test, the program run in it, and the pictures read."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        warnings.simplefilter("ignore", ResourceWarning)  # the program closes its inputs by ending
        self.folder = pathlib.Path(folder.name)

    def put(self, name, data):
        (self.folder / name).write_bytes(data)
        return name

    def put_run(self):
        """One input of each kind."""
        heard, spikes = heard_and_spikes()
        for name, data in (
            ("heard.tar", heard),
            ("spikes.tar", spikes),
            ("run.jsonl", log()),
            ("c.csv", CONFUSION),
            ("l.csv", LATENCY),
            ("d.csv", DET),
            ("answers.jsonl", ANSWERS),
        ):
            self.put(name, data)

    def plot(self, *words, code=0, stdin=b"", env=None):
        """(standard output, standard error) of the program."""
        done = subprocess.run(
            [sys.executable, "-B", str(PROGRAM), *map(str, words)],
            cwd=self.folder,
            input=stdin,
            env={**os.environ, **(env or {})},
            capture_output=True,
            timeout=120,
            check=False,
        )
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout, done.stderr.decode()

    def refused(self, said, *words, **how):
        """The program ends with 2, says it in a line of its own, writes no data and leaves no file."""
        before = sorted(self.folder.iterdir())
        out, err = self.plot(*words, code=2, **how)
        self.assertIn(said, err)
        self.assertRegex(err, r"\Aossicle-plot: [^\n]+\n\Z")
        self.assertEqual(out, b"")
        self.assertEqual(sorted(self.folder.iterdir()), before)

    def drawn(self, *words, **how):
        need_gnuplot(self)
        return Picture(self.plot(*words, "--format", "svg", **how)[0])


class Picture:
    def __init__(self, data):
        self.root = xml.fromstring(data)
        self.texts = [text.text.strip() for text in self.root.iter(f"{SVG}text") if text.text]
        self.images = list(self.root.iter(f"{SVG}image"))

    def places(self):
        """[(text, x, y, whether it stands upright, size of its font)] in the order of drawing."""
        for group in self.root.iter(f"{SVG}g"):
            text, moved = group.find(f"{SVG}text"), group.get("transform", "")
            if text is not None and text.text:
                x, y = moved.removeprefix("translate(").split(")")[0].split(",")
                yield text.text.strip(), float(x), float(y), "rotate" in moved, float(group.get("font-size"))

    def plots(self):
        """Groups of gnuplot's, one for each series or image."""
        return [group for group in self.root.iter(f"{SVG}g") if group.get("id", "").startswith("gnuplot_plot_")]

    def segments(self, colour):
        """How many strokes of a colour, (r, g, b), begin anew within the plots."""
        stroke = "rgb({:3d}, {:3d}, {:3d})".format(*colour)
        return sum(
            path.get("d").count("M")
            for plot in self.plots()
            for path in plot.iter(f"{SVG}path")
            if path.get("stroke") == stroke
        )


def need_gnuplot(test):
    if not shutil.which("gnuplot"):
        print("SKIPPED: no gnuplot")
        test.skipTest("no gnuplot")
