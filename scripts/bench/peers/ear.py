"""PyPI's `lyon`: the ear of AuditoryToolbox, its inner loops in C."""

import numpy as np
from lyon.calc import LyonCalc
from serve import serve

SAMPLE_RATE_HZ = 12500


def serve_lyon(options):
    sounds = np.fromfile(options.sounds, dtype=np.float64).reshape(options.utterances, options.samples)
    ear = LyonCalc()

    def hear():
        return [ear.lyon_passive_ear(sound, SAMPLE_RATE_HZ, options.decimation) for sound in sounds]

    serve(f"{len(sounds)} utterances of {sounds.shape[1]} samples, {hear()[0].shape[1]} channels", {"hear": hear})
