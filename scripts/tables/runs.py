"""One run: train, score the test, leave a result file."""

import functools
import json
import pathlib
import resource
import sys

from corpora import ROOT, Failed, output, say, streams_of
from lists import write_lines
from machine import commit, output_of, processor
from plan import RIDGE


def result_path(run, out):
    return out / f"{run.id}.json"


@functools.cache
def python_with_numpy():
    """Debian's python3-numpy is of /usr/bin/python3, which need not be the one that runs this. None if neither has it."""
    for python in (sys.executable, "/usr/bin/python3"):
        if output_of(python, "-c", "import numpy; print(1)"):
            return python
    return None


def score(model, stream):
    report = json.loads(output("ossicle-eval", "--json", "--threads", 1, model, stream, skips=True))
    kept = ("accuracy", "n_correct", "n_total", "n_left_out", "synaptic_operations")
    return {**{name: report[name] for name in kept}, "per_speaker": {name: each["accuracy"] for name, each in report["per_speaker"].items()}}


def train(run, streams, base):
    """Trains, or goes on where it was interrupted, which changes no number but the seconds."""
    model, log = base.with_suffix(".model"), base.with_suffix(".log")
    begun = log.exists()
    # Without a checkpoint, what lies there belongs to a result that was taken away.
    how = "--resume" if base.with_suffix(".model.ckpt").exists() else "--overwrite"
    on_test = ["--valid", streams.test] if run.protocol == "on-test" else []
    output("ossicle-train", "-q", streams.train, "-o", model, how, "--threads", 1, "--log", log, *on_test, *run.flags, skips=True)
    epochs = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    accuracies = [each["valid_accuracy"] for each in epochs if "valid_accuracy" in each]
    result = {"interrupted": begun, "n_epochs": len(epochs), "train_accuracy": epochs[-1]["train_accuracy"]}
    if accuracies:
        best = {"best": epochs[-1]["best_valid_accuracy"], "best_epoch": epochs[-1]["best_epoch"]}
        result["test_by_epoch" if on_test else "valid"] = {"last": accuracies[-1], **best, "by_epoch": accuracies}
    if not on_test:
        result["test"] = {"last": score(model, streams.test)}
        if accuracies:
            result["test"]["best"] = score(f"{model}.best", streams.test)
    return result


def fit_ridge(run, streams):
    command = (python_with_numpy(), ROOT / "scripts/baseline_ridge.py", "--json", streams.train, "--test", streams.test, *run.flags)
    report = json.loads(output(*command))
    return {"penalty": report["penalty"], "valid": {"best": report["valid_accuracy"]},
            "test": {"best": {name: report[name] for name in ("accuracy", "n_correct", "n_total")}}}


def do(run, out):
    """Whether a result was made: not where it is there, nor of ridge without NumPy."""
    path, streams = result_path(run, out), streams_of(run.table, run.fold, out)
    if path.exists():
        return False
    if run.protocol == RIDGE and not python_with_numpy():
        say(f"{run.id}: left out, no NumPy (apt-get install python3-numpy)")
        return False
    for stream in (streams.train, streams.test):
        if not stream.exists():
            raise Failed(f"{stream}: not there; make the streams first, by the same command with --prepare in place of --run")
    path.parent.mkdir(parents=True, exist_ok=True)
    base = pathlib.Path(str(path)[: -len(".json")])
    result = fit_ridge(run, streams) if run.protocol == RIDGE else train(run, streams, base)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    about = {"format": 1, "table": run.table, "fold": run.fold, "row": run.row, "seed": run.seed, "protocol": run.protocol,
             "setting": run.setting, "flags": run.flags, "version": output("ossicle-train", "--version").strip(), "commit": commit(),
             "machine": processor(), "cpu_seconds": round(used.ru_utime + used.ru_stime, 2)}
    write_lines(path, [json.dumps({**about, **result}, indent=1)])
    pathlib.Path(f"{base}.model.ckpt").unlink(missing_ok=True)
    return True
