"""What the bench measures on: sounds, recordings as WAV files, utterances to train on. All drawn from a seed; numpy alone."""

import wave

import numpy as np


def make_sound(rng, n_samples, rate_hz):
    """Something with the ups and downs of speech: a gliding voice of twenty harmonics under a slow envelope, with breath noise."""
    t = np.arange(n_samples) / rate_hz
    pitch = rng.uniform(90, 220) * (1 + 0.2 * np.sin(2 * np.pi * rng.uniform(0.5, 3) * t))
    phase = 2 * np.pi * np.cumsum(pitch) / rate_hz
    voice = sum(rng.uniform(0.2, 1) / k * np.sin(k * phase) for k in range(1, 21))
    envelope = np.clip(np.sin(2 * np.pi * rng.uniform(2, 5) * t + rng.uniform(0, 6)), 0, None)
    sound = voice * envelope + 0.05 * rng.standard_normal(n_samples)
    return 0.5 * sound / np.abs(sound).max()


def write_sounds(path, n_utterances, n_samples, rate_hz):
    """n_utterances x n_samples floats."""
    rng = np.random.default_rng(1)
    np.concatenate([make_sound(rng, n_samples, rate_hz) for _ in range(n_utterances)]).astype("f4").tofile(path)


def write_recordings(folder, n_recordings, rate_hz=8000):
    """WAV files with the lengths of spoken digits (0.25 to 0.65 s), and list.tsv; the seconds of sound in all."""
    rng = np.random.default_rng(2)
    folder.mkdir(parents=True, exist_ok=True)
    rows, seconds = ["path\tlabel\tspeaker\tkey"], 0.0
    for i in range(n_recordings):
        sound = make_sound(rng, int(rate_hz * rng.uniform(0.25, 0.65)), rate_hz)
        with wave.open(str(folder / f"{i:05}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(rate_hz)
            file.writeframes((sound * 32767).astype("<i2").tobytes())
        rows.append(f"{i:05}.wav\t{i % 10}\tnobody\t{i:05}")
        seconds += len(sound) / rate_hz
    (folder / "list.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return seconds


def write_utterances(path, n_utterances, n_steps, n_channels, n_classes):
    """An npz of random cochleagrams, for ossicle-convert; the bytes of their numbers."""
    rng = np.random.default_rng(3)
    levels = np.clip(2 * rng.random((n_utterances, 1, n_channels), np.float32) - 1, 0, None)
    x = levels * rng.random((n_utterances, n_steps, n_channels), np.float32)
    np.savez(path, X=x, y=np.arange(n_utterances) % n_classes)
    return x.nbytes
