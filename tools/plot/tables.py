"""Texts that other tools write: logs of ossicle-train, CSV files of ossicle-eval, answers of ossicle-predict --json."""

import csv
import io
import json
import math
from dataclasses import dataclass

from messages import Failure, warn


def number(value, where, low=-math.inf, high=math.inf):
    """A finite number of a text or of JSON, in low..high."""
    try:
        found = float(value)
    except (TypeError, ValueError):
        raise Failure(f"{where} is {value!r}, wanted a number") from None
    if not low <= found <= high or not math.isfinite(found):
        kind = (
            "a finite number" if low == -math.inf else f"{low:g} to {high:g}" if high < math.inf else f"{low:g} or more"
        )
        raise Failure(f"{where} is {found:g}, wanted {kind}")
    return found


def json_lines(source, may_grow):
    """(where, object) for each line. A last line without its end is what a running tool is about to write: left out with
    a warning where the text may still grow, else an error."""
    lines = source.text().split("\n")
    if lines.pop():
        if not may_grow:
            raise Failure(f"{source.name}: its last line has no end: the file was cut; make it anew")
        warn(f"{source.name}: its last line has no end and is left out; does the training still run?")
    for at, line in enumerate(lines, 1):
        where = f"{source.name}: line {at}"
        try:
            found = json.loads(line)
        except ValueError:
            raise Failure(f"{where} is no JSON: the file is damaged; make it anew") from None
        if not isinstance(found, dict):
            raise Failure(f"{where} is no JSON object: the file is damaged; make it anew")
        yield where, found


@dataclass
class Epoch:
    """Accuracies are 0..1, None without a validation part; firing_rates: share of steps with a spike, by layer."""

    epoch: int
    loss: float
    train: float
    valid: float
    firing_rates: list


def read_log(source):
    """[Epoch]; Failure without one, and for values that are not finite."""
    epochs = []
    for where, line in json_lines(source, may_grow=True):
        for name in ("epoch", "loss", "train_accuracy"):
            if name not in line:
                raise Failure(f"{where} has no {name}: it is not of ossicle-train --log")
        valid = line.get("valid_accuracy")
        rates = [
            number(rate, f"{where}: firing_rates[{layer}]", 0, 1)
            for layer, rate in enumerate(line.get("firing_rates", []))
        ]
        epochs.append(
            Epoch(
                int(number(line["epoch"], f"{where}: epoch", 1)),
                number(line["loss"], f"{where}: loss"),
                number(line["train_accuracy"], f"{where}: train_accuracy", 0, 1),
                None if valid is None else number(valid, f"{where}: valid_accuracy", 0, 1),
                rates,
            )
        )
        if len(epochs) > 1 and epochs[-1].epoch <= epochs[-2].epoch:
            raise Failure(
                f"{where} is epoch {epochs[-1].epoch} after epoch {epochs[-2].epoch}: two logs in one file; split them"
            )
    if not epochs:
        raise Failure(f"{source.name}: holds no epoch yet; wait for the first")
    return epochs


def rows_of(source, fewest):
    """The first line's fields and (where, fields) of the others of a CSV file. Failure for lines of another width than the
    first, for a last line without its end, and for fewer lines than wanted."""
    text = source.text()
    if not text.endswith("\n"):
        raise Failure(f"{source.name}: its last line has no end: the file was cut; make it anew")
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise Failure(f"{source.name}: is no CSV file ({error}); make it anew") from None
    for at, line in enumerate(lines[1:], 2):
        if len(line) != len(lines[0]):
            raise Failure(
                f"{source.name}: line {at} has {len(line)} fields, the first line has {len(lines[0])}: it was cut; "
                "make it anew"
            )
    if len(lines) - 1 < fewest:
        raise Failure(
            f"{source.name}: has {len(lines) - 1} lines after the first, wanted {fewest} or more: it was cut; "
            "make it anew"
        )
    return lines[0], [(f"{source.name}: line {at}", line) for at, line in enumerate(lines[1:], 2)]


def read_confusion(source):
    """(classes, counts [label][decision])."""
    header, lines = rows_of(source, 1)
    classes = header[1:]
    if [line[0] for _, line in lines] != classes:
        raise Failure(
            f"{source.name}: its lines are of {len(lines)} classes, its columns of {len(classes)}, wanted the same in the "
            "same order: it was cut or sorted; make it anew"
        )
    return classes, [
        [round(number(field, f"{where}, {name}", 0)) for field, name in zip(line[1:], classes)] for where, line in lines
    ]


def read_latency(source):
    """[(steps heard in the mean, share heard 0..1, accuracy 0..1)]."""
    _, lines = rows_of(source, 2)
    return [
        (
            number(line[0], f"{where}: step", 0),
            number(line[1], f"{where}: share", 0, 1),
            number(line[2], f"{where}: accuracy", 0, 1),
        )
        for where, line in lines
    ]


def read_det(source):
    """[(threshold, false accepts 0..1, false rejects 0..1)]; the last threshold is infinite: it accepts nothing."""
    _, lines = rows_of(source, 0)
    if not lines:
        raise Failure(f"{source.name}: holds no threshold, since no word was right; nothing can be drawn")
    if lines.pop()[1] != ["inf", "1", "0"]:
        raise Failure(f"{source.name}: does not end with threshold inf: it was cut; make it anew")
    return [
        (
            number(line[0], f"{where}: threshold", 0, 1),
            number(line[2], f"{where}: false_accept", 0, 1),
            number(line[1], f"{where}: miss", 0, 1),
        )
        for where, line in lines
    ] + [(math.inf, 0.0, 1.0)]


def read_answers(source):
    """{key: {label: score}}, best first."""
    answers = {}
    for where, line in json_lines(source, may_grow=False):
        listed = line.get("top", [line])
        try:
            answers[line["path"]] = {
                each["label"]: number(each["score"], f"{where}: score of {each['label']}") for each in listed
            }
        except (KeyError, TypeError):
            raise Failure(f"{where} lacks path, label or score: it is not of ossicle-predict --json") from None
    return answers
