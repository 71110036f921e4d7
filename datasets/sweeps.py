"""Made-up events of words, for files in the layouts of spiking corpora: nobody spoke, but a network can tell the words apart.

A word is a sweep: its events follow a line over the channels that begins and ends at places of the word's own, with the spread and
rate of one formant; a tenth of them lie anywhere. A speaker shifts the line and stretches the time. Nothing of it resembles speech.
"""

import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from lists import fail  # noqa: E402

try:
    import h5py
    import numpy as np
except ImportError as error:
    fail(f"{error} for {sys.executable}; on Debian apt-get install python3-h5py, and run this script by /usr/bin/python3")

NOISE = 0.1  # of the events, anywhere
SPREAD = 0.03  # of the channels, around the line
SHIFT = 0.03  # of the channels, by speakers: standard deviation
SHORTEST_S, LONGEST_S = 0.4, 0.9


class Speaker:
    """How one voice differs from the others."""

    def __init__(self, rng):
        self.shift = rng.normal(0.0, SHIFT)
        self.pace = rng.uniform(0.9, 1.1)


def line(word, n_words):
    """First and last place of a word's line, of 0..1: no two words share both."""
    return (word + 0.5) / n_words, ((word * 7 + 3) % n_words + 0.5) / n_words


def spoken(rng, speaker, words, n_words, n_channels, n_events):
    """Times in s, not decreasing, and channels of a recording of these words one after the other; n_events of each word."""
    times, places, start = [], [], 0.0
    for word in words:
        first, last = line(word, n_words)
        length = speaker.pace * rng.uniform(SHORTEST_S, LONGEST_S)
        at = np.sort(rng.random(n_events))
        place = first + (last - first) * at + speaker.shift + rng.normal(0.0, SPREAD, n_events)
        noisy = rng.random(n_events) < NOISE
        place[noisy] = rng.random(int(noisy.sum()))
        times.append(start + length * at)
        places.append(place)
        start += length
    channels = np.clip(np.floor(np.concatenate(places) * n_channels), 0, n_channels - 1)
    return np.concatenate(times), channels.astype(np.uint16)


def write_aside(path, fill):
    """Lets `fill(file)` write a new HDF5 file, which then takes its place."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(path.name + ".part")
    try:
        with h5py.File(aside, "w") as file:
            fill(file)
        with open(aside, "rb") as file:
            os.fsync(file.fileno())
        os.replace(aside, path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        fail(f"{path}: cannot be written: {error}")
