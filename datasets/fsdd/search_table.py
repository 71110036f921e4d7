"""The table of datasets/fsdd/search, from the logs of its runs. Usage: search_table.py RUNS SETTINGS"""

import json
import pathlib
import statistics
import sys

FOLDS = ("official", "george-jackson", "lucas-nicolas", "theo-yweweler")


def accuracies(folder, name, fold):
    """{seed: %} after the last epoch."""
    found = {}
    for path in folder.glob(f"{name}-{fold}-*.jsonl"):
        seed = path.stem.removeprefix(f"{name}-{fold}-")
        if seed.isdigit():
            found[int(seed)] = 100 * json.loads(path.read_text(encoding="utf-8").splitlines()[-1])["valid_accuracy"]
    return found


def cell(values):
    if not values:
        return "-"
    text = f"{statistics.mean(values):.2f}"
    return text + (f" ± {statistics.stdev(values):.2f}" if len(values) > 1 else "")


def main():
    folder = pathlib.Path(sys.argv[1])
    print("| setting | options | seeds | official | unseen, mean of six | " + " | ".join(FOLDS[1:]) + " |")
    print("|---" * (5 + len(FOLDS) - 1) + "|")
    for line in pathlib.Path(sys.argv[2]).read_text(encoding="utf-8").splitlines():
        name, _, options = line.partition("\t")
        if not name or name.startswith("#"):
            continue
        by_fold = {fold: accuracies(folder, name, fold) for fold in FOLDS}
        seeds = sorted(set.intersection(*(set(found) for found in by_fold.values())))  # those that are complete
        official, *pairs = ([by_fold[fold][seed] for seed in seeds] for fold in FOLDS)
        unseen = [statistics.mean(values) for values in zip(*pairs)]
        print(f"| {name} | `{options}` | {len(seeds)} | " + " | ".join(map(cell, (official, unseen, *pairs))) + " |")


if __name__ == "__main__":
    main()
