#!/usr/bin/env python3
"""Checks every bin of a stream of ossicle-rebin against the events it was made of, with nothing of Ossicle's.

  check_rebin.py STREAM --hdf5 FILE [--part train|test [--split official|ab] [--sequences]]
  check_rebin.py STREAM --text FILE... --time-unit s|ms|us

exit code 0: every bin is right; 1: findings, one a line; 2: could not look. The bins' width and the rest come from the stream's
recipe. With --part the records must be those that part and split of N-TIDIGITS18 select, in their order. Needs NumPy, and
h5py for HDF5.
"""
import argparse
import pathlib
import re
import sys
import tarfile

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
from read_stream import read_stream  # noqa: E402

GUARD = 1e-9  # frontend/events/rebin.h: an edge this near, relatively, is reached


def bins(times, channels, params, duration=0.0):
    """(array, width in ms): what the recipe's parameters make of events, sorted or not, times in s."""
    n_in, n_out = params["input_channels"], params["n_channels"]
    times, channels = np.asarray(times, np.float64), np.asarray(channels, np.int64)
    length = max([duration, *times[-1:], times.max(initial=0.0)])
    if params["n_steps"]:
        n_steps, width = params["n_steps"], length / params["n_steps"]
    else:
        width = params["bin_ms"] / 1000
        n_steps = int(length / width) + 3  # some to spare, cut below
    # Edges looked up, in place of a quotient rounded down.
    edges = np.arange(n_steps + 1) * width * (1 - GUARD)
    steps = np.searchsorted(edges, times, side="right") - 1
    if params["n_steps"]:
        steps = np.minimum(steps, n_steps - 1)
    else:
        silence = int(np.searchsorted(np.arange(n_steps + 1) * width * (1 + GUARD), duration, side="left"))
        n_steps = max(steps.max(initial=0) + 1, silence, 1)
        if params["max_steps"]:
            n_steps = min(n_steps, params["max_steps"])
        n_steps = params.get("fixed_steps", n_steps)
    kept = steps < n_steps
    counts = np.zeros((n_steps, n_out), np.int64)
    np.add.at(counts, (steps[kept], channels[kept] * n_out // n_in), 1)
    if params["counts"]:
        return np.minimum(counts, 65535).astype("<u2"), width * 1000
    return counts > 0, width * 1000


def select(file, part, split, sequences):
    """[(group, key)] of N-TIDIGITS18 that a part of a split has."""
    chosen = []
    for group in ("train", "test"):
        for key in (k.decode() if isinstance(k, bytes) else k for k in file[group + "_labels"][()]):
            gender, _, sample, digits = key.split("-")
            if split == "ab":
                wanted = gender in ("man", "woman") and sample == ("a" if part == "train" else "b")
            else:
                wanted = group == part
            if wanted and (sequences or len(digits) == 1):
                chosen.append((group, key))
    return chosen


def check_labels(record, key):
    """Findings on label, sequence and speaker against an N-TIDIGITS18 key."""
    gender, speaker, _, digits = key.split("-")
    label, sequence = (digits, []) if len(digits) == 1 else ("", list(digits))
    if (record["label"], record["sequence"], record["speaker"]) != (label, sequence, f"{gender}-{speaker}"):
        yield f"{key}: label {record['label']!r}, sequence {record['sequence']}, speaker {record['speaker']!r}"


def hdf5_events(file, header, records, options):
    """Findings on the choice of records; then events by key, as {key: (times, channels)}."""
    findings, events = [], {}
    if "spikes" in file:
        names = [name.decode() if isinstance(name, bytes) else name for name in file["extra/keys"][()]]
        for i, (record, _) in enumerate(records):
            index = int(record["key"].rsplit("_", 1)[1])
            events[record["key"]] = file["spikes/times"][index], file["spikes/units"][index]
            if index != i or record["label"] != names[int(file["labels"][index])]:
                findings.append(f"{record['key']}: recording {i} with label {record['label']!r}")
        return findings, events
    groups = [options.part] if options.part and options.split == "official" else ["train", "test"]
    for record, _ in records:
        key = record["key"]
        findings += check_labels(record, key)
        for group in groups:
            if key in file[group + "_timestamps"]:
                events[key] = file[f"{group}_timestamps/{key}"][()], file[f"{group}_addresses/{key}"][()]
                break
    if options.part:
        wanted = [key for _, key in select(file, options.part, options.split, options.sequences)]
        if wanted != [record["key"] for record, _ in records]:
            findings.append(f"{len(records)} records are not the {len(wanted)} of {options.part}, {options.split}, in order")
    if sorted(header["classes"]) != list("123456789oz"):
        findings.append(f"classes {header['classes']}")
    return findings, events


def text_events(paths, unit):
    per_second = {"s": 1.0, "ms": 1e3, "us": 1e6}[unit]
    events = {}
    for path in paths:
        lines = [re.split(r"[,\s]+", line.split("#")[0].strip())
                 for line in pathlib.Path(path).read_text(encoding="utf-8-sig").splitlines()]
        rows = [(int(float(line[0])), float(line[1]) / per_second) for line in lines if line != [""]]
        key = re.sub(r"[^A-Za-z0-9_-]", "_", pathlib.Path(path).stem)  # names that differ without their folders
        events[key] = [time for _, time in rows], [channel for channel, _ in rows]
    return events


def check_bins(header, records, events):
    """Findings, one for each record that has one."""
    params = header["recipe"][-1]["params"]
    for record, array in records:
        key = record["key"]
        if key not in events:
            yield f"{key}: no events of that key"
            continue
        wanted, dt_ms = bins(*events[key], params)
        if array.dtype != wanted.dtype or array.shape != wanted.shape or record["n_steps"] != len(wanted):
            yield f"{key}: {array.dtype} {array.shape}, wanted {wanted.dtype} {wanted.shape}"
        elif not np.array_equal(array, wanted):
            step, channel = np.argwhere(array != wanted)[0]
            yield f"{key}: step {step}, channel {channel}: {array[step, channel]}, wanted {wanted[step, channel]}"
        elif abs(record["dt_ms"] - dt_ms) > 1e-12 * dt_ms:
            yield f"{key}: dt_ms {record['dt_ms']}, wanted {dt_ms}"


def check(stream, options):
    header, records = read_stream(stream)
    if options.hdf5:
        import h5py
        with h5py.File(options.hdf5, "r") as file:
            findings, events = hdf5_events(file, header, records, options)
    else:
        findings, events = [], text_events(options.text, options.time_unit)
    findings += check_bins(header, records, events)
    return findings, len(records), sum(array.size for _, array in records)


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stream")
    parser.add_argument("--hdf5")
    parser.add_argument("--part", choices=("train", "test"))
    parser.add_argument("--split", choices=("official", "ab"), default="official")
    parser.add_argument("--sequences", action="store_true")
    parser.add_argument("--text", nargs="+")
    parser.add_argument("--time-unit", choices=("s", "ms", "us"))
    options = parser.parse_args(arguments)
    if bool(options.hdf5) == bool(options.text) or bool(options.text) != bool(options.time_unit):
        parser.error("give --hdf5, or --text with --time-unit")
    return options


def main():
    options = parse(sys.argv[1:])
    try:
        findings, n_records, n_bins = check(options.stream, options)
    except (OSError, tarfile.TarError, ImportError, KeyError, ValueError, AssertionError) as error:
        print(f"check_rebin.py: {options.stream}: {error}", file=sys.stderr)
        return 2
    for line in findings:
        print(line)
    print(f"check_rebin.py: {n_records} records, {n_bins} bins, {len(findings)} findings", file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
