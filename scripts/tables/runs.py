"""One run: train, score the test, leave a result file."""

import functools
import json
import pathlib
import resource
import sys

from corpora import ROOT, Failed, needed_of, output, say, streams_of
from lists import write_lines
from machine import commit, output_of, processor
from plan import BASELINE
from rows import RIDGE, layers_of


def result_path(run, out):
    return out / f"{run.id}.json"


def has_result(run, out):
    """One that scores the validation part for want of a test does not count once there is a test."""
    path = result_path(run, out)
    if not path.exists():
        return False
    return scored_part(streams_of(run, out)) == "validation" or "validation" not in json.loads(path.read_text(encoding="utf-8"))


@functools.cache
def python_with(package):
    """Debian's python3-numpy is of /usr/bin/python3, which need not be the one that runs this; torch is in an environment that
    scripts/peers/baselines or scripts/bench/run has made. None if no Python has the package."""
    environments = (ROOT / "build" / name / "bin/python" for name in ("baselines-venv", "bench-venv"))
    for python in (sys.executable, "/usr/bin/python3", *environments):
        if output_of(python, "-c", f"import numpy, {package}; print(1)"):
            return python
    return None


def lacking(row):
    """What a baseline's row cannot be made without, and where it comes from; None where all is there."""
    if row == RIDGE:
        return None if python_with("numpy") else "no NumPy (apt-get install python3-numpy)"
    return None if python_with("torch") else "no torch (scripts/peers/baselines makes an environment that has it)"


def own_validation(run, streams):
    """The corpus' validation part, where it brings one and no share of the training was asked for."""
    return streams.valid if run.setting["valid_fraction"] is None else None


def scored_part(streams):
    """The name that the scores get in a result."""
    return "validation" if streams.test == streams.valid else "test"


def score(model, stream):
    report = json.loads(output("ossicle-eval", "--json", "--threads", 1, model, stream, skips=True))
    kept = ("accuracy", "n_correct", "n_total", "n_left_out", "synaptic_operations")
    return {**{name: report[name] for name in kept}, "per_speaker": {name: each["accuracy"] for name, each in report["per_speaker"].items()}}


def train(run, streams, base):
    """Trains, or goes on where it was interrupted, which changes no number but the seconds."""
    model, log = base.with_suffix(".model"), base.with_suffix(".log")
    begun = base.with_suffix(".model.ckpt").exists()
    # Without a checkpoint, what lies there belongs to a result that was taken away.
    how = "--resume" if begun else "--overwrite"
    on_test = run.protocol == "on-test"
    valid = streams.test if on_test else own_validation(run, streams)
    watched = ["--valid", valid] if valid else []
    output("ossicle-train", "-q", streams.train, "-o", model, how, "--threads", 1, "--log", log, *watched, *run.flags, skips=True)
    epochs = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    accuracies = [each["valid_accuracy"] for each in epochs if "valid_accuracy" in each]
    about = json.loads(output("ossicle-info", "--json", model))
    result = {"interrupted": begun, "n_epochs": len(epochs), "train_accuracy": epochs[-1]["train_accuracy"],
              "layers": layers_of(run.row, run.setting), "parameters": about["n_parameters"]}
    if accuracies:
        best = {"best": epochs[-1]["best_valid_accuracy"], "best_epoch": epochs[-1]["best_epoch"]}
        result["test_by_epoch" if on_test else "valid"] = {"last": accuracies[-1], **best, "by_epoch": accuracies}
    if not on_test:
        scores = {"last": score(model, streams.test)}
        if accuracies:
            scores["best"] = score(f"{model}.best", streams.test)
        result[scored_part(streams)] = scores
    return result


def fit_baseline(run, streams):
    own = own_validation(run, streams)
    data = (streams.train, "--test", streams.test, *(["--valid", own] if own else []), *run.flags)
    if run.row != RIDGE:
        network = (python_with("torch"), "-B", ROOT / "scripts/peers/baselines.py", "--json", "--model", run.row, "--seed", run.seed)
        report = json.loads(output(*network, *data))
        kept = ("n_epochs", "parameters", "synaptic_operations", "valid")
        return {**{name: report[name] for name in kept if name in report}, scored_part(streams): report["test"]}
    report = json.loads(output(python_with("numpy"), "-B", ROOT / "scripts/baseline_ridge.py", "--json", *data))
    return {**{name: report[name] for name in ("penalty", "parameters", "synaptic_operations")}, "valid": {"best": report["valid_accuracy"]},
            scored_part(streams): {"best": {name: report[name] for name in ("accuracy", "n_correct", "n_total")}}}


def do(run, out):
    """Whether a result was made: not where it is there, nor of a baseline without what it needs."""
    path, streams = result_path(run, out), streams_of(run, out)
    if has_result(run, out):
        return False
    if run.protocol == BASELINE and lacking(run.row):
        say(f"{run.id}: left out, {lacking(run.row)}")
        return False
    for stream in needed_of(streams):
        if not stream.exists():
            raise Failed(f"{stream}: not there; make the streams first, by the same command with --prepare in place of --run")
    path.parent.mkdir(parents=True, exist_ok=True)
    base = pathlib.Path(str(path)[: -len(".json")])
    result = fit_baseline(run, streams) if run.protocol == BASELINE else train(run, streams, base)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    about = {"format": 1, "table": run.table, "fold": run.fold, "row": run.row, "seed": run.seed, "protocol": run.protocol,
             "setting": run.setting, "flags": run.flags, "version": output("ossicle-train", "--version").strip(), "commit": commit(),
             "machine": processor(), "cpu_seconds": round(used.ru_utime + used.ru_stime, 2)}
    write_lines(path, [json.dumps({**about, **result}, indent=1)])
    pathlib.Path(f"{base}.model.ckpt").unlink(missing_ok=True)
    return True
