#!/usr/bin/env python3
"""Writes logs of ossicle-train --log as events of TensorBoard.

  write_events.py FOLDER LOG...      exit code 0: done; 2: could not

FOLDER gets a folder for each log, of its name without the ending. Every number of a line becomes a scalar of its epoch, named by its
place: loss, firing_rates/1 for the first layer, arrays/w_0_1/rms. Times are those of the training, ended when the log was written last.
"""

import json
import math
import pathlib
import sys

from tensorboardX import SummaryWriter


def fail(message):
    print(f"write_events.py: {message}", file=sys.stderr)
    sys.exit(2)


def scalars(value, name=""):
    """(name, number) of everything in a line that is one."""
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, list):
        parts = ((str(at), part) for at, part in enumerate(value, 1))
    else:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            yield name, value
        return
    for key, part in parts:
        yield from scalars(part, f"{name}/{key}" if name else key)


def read(log):
    """Lines of a log; a last one without its end is not yet written."""
    try:
        *lines, _ = log.read_text(encoding="utf-8").split("\n")
        found = [json.loads(line) for line in lines]
    except (OSError, ValueError) as error:
        fail(f"{log}: {error}; wanted a log of ossicle-train")
    for at, line in enumerate(found, 1):
        if not isinstance(line, dict) or not {"epoch", "seconds"} <= line.keys():
            fail(f"{log}: line {at} has no epoch and seconds; wanted a log of ossicle-train")
        bad = [name for name, value in scalars(line) if not math.isfinite(value)]
        if bad:
            fail(f"{log}: line {at}: {bad[0]} is not finite")
    if not found:
        fail(f"{log}: holds no epoch yet; wait for the first")
    return found


def main():
    if len(sys.argv) < 3:
        fail("usage: write_events.py FOLDER LOG...")
    folder, logs = pathlib.Path(sys.argv[1]), [pathlib.Path(word) for word in sys.argv[2:]]
    runs = [folder / log.stem for log in logs]
    for at, run in enumerate(runs):
        if run.exists() or run in runs[:at]:
            fail(f"{run}: is there, or of two logs; name another folder")
    for run, log, lines in zip(runs, logs, [read(log) for log in logs]):
        begin = log.stat().st_mtime - lines[-1]["seconds"]
        with SummaryWriter(str(run)) as writer:
            for line in lines:
                epoch, seconds = line.pop("epoch"), line.pop("seconds")
                for name, value in scalars(line):
                    writer.add_scalar(name, value, epoch, walltime=begin + seconds)
        print(f"{run}: {len(lines)} epochs")


if __name__ == "__main__":
    main()
