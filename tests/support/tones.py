"""Recordings of tones, and a model of two classes of them, for tests that want one which tells them apart within seconds."""

import math
import struct
import subprocess
import wave

RATE = 16000


def tone(hz, seconds=0.4):
    """A voice of 150 Hz with a second tone, as floats."""
    n = int(RATE * seconds)
    voice = ((math.sin(2 * math.pi * f * i / RATE) for f in (150, hz)) for i in range(n))
    return [0.2 * math.sin(math.pi * i / n) * sum(waves) for i, waves in enumerate(voice)]


def sine(hz, n, rate, amplitude=0.4):
    return [amplitude * math.sin(math.tau * hz * i / rate) for i in range(n)]


def write_wav(path, samples, rate=RATE):
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(struct.pack(f"<{len(samples)}h", *(round(32767 * x) for x in samples)))


def make_model(tools, folder, *ear):
    """folder / "m": a model that calls tones near 300 Hz low and those near 1,500 Hz high, made by the tools of that folder. `ear`:
    options of ossicle-lyon."""
    lines = ["path\tlabel\tspeaker"]
    for i in range(20):
        write_wav(folder / f"t{i}.wav", tone(300 + i if i % 2 else 1500 + 10 * i))
        lines.append(f"t{i}.wav\t{'low' if i % 2 else 'high'}\t{'me' if i < 16 else 'you'}")
    (folder / "list.tsv").write_text("\n".join(lines) + "\n")
    stream, model = folder / "s.tar", folder / "m"
    for command in (("ossicle-lyon", "-q", "--list", folder / "list.tsv", "--root", folder, "-o", stream, *ear),
                    ("ossicle-train", "-q", stream, "--preset", "plain", "--hidden", "20,20", "--batch", "5", "--epochs", "10",
                     "--valid-fraction", "0.2", "-o", model)):
        subprocess.run([str(tools / command[0]), *map(str, command[1:])], check=True)
    return model
