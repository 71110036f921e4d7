#!/usr/bin/env python3
"""A Markdown summary, on stdout, of the CSV that bench_train_step or bench_gemm writes.

  summarise.py RUN.csv
"""

import collections
import csv
import statistics
import sys

PRODUCTS = ("forward", "weight_gradient", "input_gradient")


def quartiles(values):
    """(median, lower quartile, upper quartile)."""
    if len(values) < 2:
        return values[0], values[0], values[0]
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return statistics.median(values), low, high


def spread(values, scale=1.0, digits=2):
    middle, low, high = (f"{scale * value:.{digits}f}" for value in quartiles(values))
    return f"{middle} ({low}-{high})"


def read(path):
    """{case: {repetition: {(part, connection, flop): seconds}}}"""
    runs = collections.defaultdict(lambda: collections.defaultdict(dict))
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            flop = 2 * int(row["m"]) * int(row["n"]) * int(row["k"]) if row["m"] else 0
            runs[row["case"]][int(row["repetition"])][row["part"], row["connection"], flop] = float(row["cpu_s"])
    return runs


def total(parts, wanted):
    return sum(seconds for (part, _, _), seconds in parts.items() if wanted(part))


def main():
    if len(sys.argv) != 2:
        print("usage: summarise.py RUN.csv", file=sys.stderr)
        return 2
    runs = read(sys.argv[1])
    print("Processor time of one thread, median (quartiles).\n")
    print("| case | products, ms | step, ms | step / products | gather, ms | forward, ms | backward, ms | update, ms |")
    print("|---|---|---|---|---|---|---|---|")
    for case, repetitions in runs.items():
        products = [total(parts, PRODUCTS.__contains__) for parts in repetitions.values()]
        steps = [total(parts, lambda part: part.startswith("step_")) for parts in repetitions.values()]
        cells = [spread(products, 1e3)]
        if any(steps):
            cells += [spread(steps, 1e3), spread([step / product for step, product in zip(steps, products)])]
            for part in ("step_gather", "step_forward", "step_backward", "step_update"):
                cells.append(spread([total(parts, part.__eq__) for parts in repetitions.values()], 1e3))
        print(f"| {case} | " + " | ".join(cells + ["-"] * (7 - len(cells))) + " |")
    print("\n| case | product | connection | ms | GFLOP/s |")
    print("|---|---|---|---|---|")
    for case, repetitions in runs.items():
        for key in next(iter(repetitions.values())):
            part, connection, flop = key
            if part in PRODUCTS:
                seconds = [parts[key] for parts in repetitions.values()]
                print(f"| {case} | {part} | {connection} | {spread(seconds, 1e3, 3)} | {flop / statistics.median(seconds) / 1e9:.1f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
