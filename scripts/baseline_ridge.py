#!/usr/bin/env python3
"""Ridge regression on the flattened frames: what a network must beat. Prints the accuracy on a test stream.

  baseline_ridge.py TRAIN... --test TEST [--valid-fraction F] [--valid-by token|speaker] [--valid-seed N] [--json]

Every number of a recording is a feature, standardised by the training's mean and deviation; a target is 1 for the label's class and 0
for the others; the largest output decides. The penalty is chosen on a validation part cut from the training, then all of the training is
fitted with it. Recordings shorter than the longest of the training are followed by zeros, longer ones are cut.
"""

import argparse
import json
import sys
import tarfile

try:
    import numpy as np

    from read_stream import read_records
except ImportError:
    sys.exit(f"baseline_ridge.py: no NumPy for {sys.executable}; on Debian apt-get install python3-numpy, and run by /usr/bin/python3")

PENALTIES = 10.0 ** np.arange(-3, 4)  # beside squares that are 1 in the mean


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", metavar="TRAIN", nargs="+", help="streams to fit")
    parser.add_argument("--test", metavar="TEST", required=True, help="stream to score")
    parser.add_argument("--valid-fraction", metavar="F", type=float, default=0.1, help="0 to 1, neither of them (default %(default)s)")
    parser.add_argument("--valid-by", choices=("token", "speaker"), default="token", help="recordings, or whole speakers (default %(default)s)")
    parser.add_argument("--valid-seed", metavar="N", type=int, default=1, help="of the choice (default %(default)s)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    args = parser.parse_args()
    if not 0 < args.valid_fraction < 1:
        parser.error(f"--valid-fraction {args.valid_fraction}: must lie between 0 and 1")
    return args


def dense(array, header, n_steps):
    """[steps, channels]; events become counts."""
    if header["kind"] != "events":
        return array
    counts = np.zeros((n_steps, header["n_channels"]), np.float32)
    np.add.at(counts, (array[:, 0], array[:, 1]), 1)
    return counts


def read(paths):
    """(classes, [array of steps x channels], labels, speakers); recordings without a label left out."""
    classes, arrays, labels, speakers = None, [], [], []
    for path in paths:
        for header, record, array in read_records(path):
            if classes not in (None, header["classes"]):
                raise ValueError(f"{path}: its classes are not those of {paths[0]}")
            classes = header["classes"]
            if record["label"]:
                arrays.append(dense(array, header, record["n_steps"]))
                labels.append(classes.index(record["label"]))
                speakers.append(record["speaker"])
    if not arrays:
        raise ValueError(f"{paths[0]}: no recording with a label")
    return classes, arrays, np.array(labels), np.array(speakers)


def flatten(arrays, n_steps):
    features = np.zeros((len(arrays), n_steps, arrays[0].shape[1]), np.float32)
    for row, array in zip(features, arrays):
        row[: len(array)] = array[:n_steps]
    return features.reshape(len(arrays), -1)


def validation_part(speakers, fraction, by, seed):
    """A mask over the recordings: that share of them, or of the speakers, at least one and never all."""
    units = speakers if by == "speaker" else np.arange(len(speakers))
    names = np.unique(units)
    if len(names) < 2:
        raise ValueError(f"--valid-by {by}: the training has {len(names)} of them; two are wanted")
    count = min(max(1, round(fraction * len(names))), len(names) - 1)
    return np.isin(units, np.random.default_rng(seed).permutation(names)[:count])


class Ridge:
    """Fits of one training set: a solution each penalty, by whichever of the two Gram matrices is smaller."""

    def __init__(self, features, labels, n_classes):
        self.mean = features.mean(axis=0)
        spread = features.std(axis=0)
        self.scale = np.where(spread > 0, spread, 1)
        self.x = (features - self.mean) / self.scale
        targets = np.eye(n_classes, dtype=np.float32)[labels]
        self.offset = targets.mean(axis=0)
        self.y = targets - self.offset
        n, d = self.x.shape
        self.dual = n <= d
        self.gram = (self.x @ self.x.T / d if self.dual else self.x.T @ self.x / n).astype(np.float64)

    def weights(self, penalty):
        n, d = self.x.shape
        regular = self.gram + penalty * np.eye(len(self.gram))
        if self.dual:
            return self.x.T @ np.linalg.solve(regular, self.y) / d
        return np.linalg.solve(regular, self.x.T @ self.y / n)

    def accuracy(self, penalty, features, labels):
        outputs = (features - self.mean) / self.scale @ self.weights(penalty) + self.offset
        return float(np.mean(outputs.argmax(axis=1) == labels))


def main():
    args = arguments()
    classes, arrays, labels, speakers = read(args.train)
    test_classes, test_arrays, test_labels, _ = read([args.test])
    if test_classes != classes:
        raise ValueError(f"{args.test}: its classes are not those of {args.train[0]}")
    n_steps = max(map(len, arrays))
    features, test_features = flatten(arrays, n_steps), flatten(test_arrays, n_steps)
    held = validation_part(speakers, args.valid_fraction, args.valid_by, args.valid_seed)
    fit = Ridge(features[~held], labels[~held], len(classes))
    valid = [fit.accuracy(penalty, features[held], labels[held]) for penalty in PENALTIES]
    best = int(np.argmax(valid))
    accuracy = Ridge(features, labels, len(classes)).accuracy(PENALTIES[best], test_features, test_labels)
    result = {"accuracy": accuracy, "n_total": len(test_labels), "n_correct": round(accuracy * len(test_labels)),
              "valid_accuracy": valid[best], "n_valid": int(held.sum()), "penalty": float(PENALTIES[best])}
    if args.json:
        print(json.dumps(result))
    else:
        print(f"accuracy {accuracy:.4f}, {result['n_correct']} of {len(test_labels)}; penalty {result['penalty']:g}, "
              f"{100 * valid[best]:.1f} % of {result['n_valid']} held out of training")


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError, tarfile.TarError) as error:
        print(f"baseline_ridge.py: {error}", file=sys.stderr)
        sys.exit(2)
