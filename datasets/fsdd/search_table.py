"""The table of datasets/fsdd/search, from the logs of its runs."""

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
        pairs = [by_fold[fold] for fold in FOLDS[1:]]
        seeds = sorted(set(pairs[0]) & set(pairs[1]) & set(pairs[2]))
        unseen = [statistics.mean(pair[seed] for pair in pairs) for seed in seeds]
        cells = [cell(list(by_fold["official"].values())), cell(unseen), *(cell(list(pair.values())) for pair in pairs)]
        print(f"| {name} | `{options}` | {max(len(seeds), len(by_fold['official']))} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
