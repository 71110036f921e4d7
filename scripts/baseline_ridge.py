#!/usr/bin/env python3
"""Ridge regression on the flattened frames: what a network must beat. Prints the accuracy on a test stream.

  baseline_ridge.py TRAIN... [--test TEST] [--valid STREAM] [--valid-fraction F] [--valid-by token|speaker] [--valid-seed N] [--json]

Every number of a recording is a feature, standardised by the training's mean and deviation; a target is 1 for the label's class and 0
for the others; the largest output decides. The penalty is chosen on a validation part; where that was cut from the training, all of the
training is then fitted with it. Recordings shorter than the longest of the training are followed by zeros, longer ones are cut.
"""

import json

from baseline_parts import np, parse, parser_of, read_parts, run

PENALTIES = [10.0**k for k in range(-3, 4)]  # beside squares that are 1 in the mean


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


def features(part):
    return part.frames.reshape(len(part.labels), -1)


def main():
    args = parse(parser_of(__doc__))
    parts = read_parts(args)
    train, valid, test, n_classes = parts.train, parts.valid, parts.test, len(parts.classes)
    fit = Ridge(features(train), train.labels, n_classes)
    by_penalty = [fit.accuracy(penalty, features(valid), valid.labels) for penalty in PENALTIES]
    best = int(np.argmax(by_penalty))
    if parts.whole is not train:
        fit = Ridge(features(parts.whole), parts.whole.labels, n_classes)
    accuracy = fit.accuracy(PENALTIES[best], features(test), test.labels)
    n_weights = fit.x.shape[1] * n_classes
    result = {"accuracy": accuracy, "n_total": len(test.labels), "n_correct": round(accuracy * len(test.labels)),
              "valid_accuracy": by_penalty[best], "n_valid": len(valid.labels), "penalty": PENALTIES[best],
              "parameters": n_weights + n_classes, "synaptic_operations": {"from_input": n_weights}}
    if args.json:
        print(json.dumps(result))
    else:
        print(f"accuracy {accuracy:.4f}, {result['n_correct']} of {result['n_total']}; penalty {result['penalty']:g}, "
              f"{100 * by_penalty[best]:.1f} % of {result['n_valid']} for validation")


if __name__ == "__main__":
    run(main)
