"""PyPI's `lyon`, the ear of AuditoryToolbox with its inner loops in C; alone, and in what ossicle-lyon does: soundfile, scipy's
resample_poly, the ear, and a tar of .npy files."""

import csv
import io
import json
import math
import tarfile

import numpy as np
import soundfile
from lyon.calc import LyonCalc
from scipy.signal import resample_poly
from serve import serve

SAMPLE_RATE_HZ = 12500
N_STEPS = 100
SCALE = 2500.0


def cochleagram(ear, path):
    """[step][channel], float32, N_STEPS steps."""
    sound, rate_hz = soundfile.read(path, always_2d=True)
    common = math.gcd(SAMPLE_RATE_HZ, rate_hz)
    sound = resample_poly(sound.mean(axis=1), SAMPLE_RATE_HZ // common, rate_hz // common)
    steps = ear.lyon_passive_ear(sound, SAMPLE_RATE_HZ, max(1, len(sound) // N_STEPS))
    return (steps[:N_STEPS] * SCALE).astype(np.float32)


def add(tar, name, data):
    member = tarfile.TarInfo(name)
    member.size = len(data)
    tar.addfile(member, io.BytesIO(data))


def convert(ear, rows, root, output):
    with tarfile.open(output, "w") as tar:
        for number, row in enumerate(rows):
            array = io.BytesIO()
            np.save(array, cochleagram(ear, root / row["path"]))
            key = row.get("key") or f"{number:06}"
            add(tar, f"{key}.npy", array.getvalue())
            add(tar, f"{key}.json", json.dumps({"key": key, "label": row["label"], "speaker": row["speaker"]}).encode())


def serve_wav_to_stream(options):
    with open(options.list, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    ear = LyonCalc()
    cochleagram(ear, options.root / rows[0]["path"])
    serve(f"{len(rows)} recordings", {"convert": lambda: convert(ear, rows, options.root, options.output)})


def serve_lyon(options):
    sounds = np.fromfile(options.sounds, np.float32).astype(np.float64).reshape(options.utterances, options.samples)
    ear = LyonCalc()

    def hear():
        return [ear.lyon_passive_ear(sound, SAMPLE_RATE_HZ, options.decimation) for sound in sounds]

    serve(f"{len(sounds)} utterances of {sounds.shape[1]} samples, {hear()[0].shape[1]} channels", {"hear": hear})
