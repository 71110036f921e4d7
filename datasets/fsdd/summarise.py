#!/usr/bin/env python3
"""Prints the tables of the runs that `table` left, in Markdown.

usage: summarise.py RUNS
"""
import json
import math
import statistics
import sys
from pathlib import Path

NETWORKS = {"ff": "feed-forward", "sr": "Sr", "srsc": "SrSc", "srsc-bip": "SrSc-BIP"}


def accuracies(folder, pattern):
    """Accuracies in per cent of the runs that match, by the last part of their names."""
    runs = sorted(folder.glob(pattern))
    return {path.stem.rsplit("-", 1)[1]: 100 * json.loads(path.read_text())["accuracy"] for path in runs}


def official_table(folder):
    yield "| network | seeds, % | mean, % | standard error |"
    yield "|---|---|---|---|"
    for name, title in NETWORKS.items():
        values = list(accuracies(folder, f"{name}-[0-9]*.json").values())
        error = statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else math.nan
        seeds = ", ".join(f"{v:.1f}" for v in values)
        yield f"| {title} | {seeds} | {statistics.mean(values):.2f} | {error:.2f} |"


def unseen_table(folder):
    found = accuracies(folder, "unseen-*.json")
    yield "| speaker left out | " + " | ".join(found) + " | mean |"
    yield "|---" * (len(found) + 2) + "|"
    cells = [f"{v:.1f}" for v in found.values()] + [f"{statistics.mean(found.values()):.1f}"]
    yield "| accuracy, % | " + " | ".join(cells) + " |"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = Path(sys.argv[1])
    print("\n".join([*official_table(folder), "", *unseen_table(folder)]))


if __name__ == "__main__":
    main()
