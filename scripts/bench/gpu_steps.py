"""Steps of scripts/bench/gpu: machine, build, tests, timings, torch, fsdd. Each takes the session and adds rows to its table."""

import itertools
import json
import os
import statistics
import subprocess
import xml.etree.ElementTree

from cases import contest, flags
from contenders import Failure, Record, interleave
from figures import Figures, spread
from gpu_session import DEVICE, RATE, NotRun
from machine import ROOT, commit, output_of, processor

HERE = ROOT / "scripts" / "bench"
PRECISIONS = ("fp32", "tf32", "bf16")
OPERATIONS = {"steps": "training step", "infers": "inference"}
ON_DEVICE, ON_CPU, IN_TORCH = 50, 3, 3  # repetitions in a row
CPU = "CPU, 1 thread"
SEEDS, UNSEEN = (1, 2, 3), "lucas"
TARGETS = ("ossicle_bench", "ossicle-lyon", "ossicle-train", "ossicle-eval", "gpu_tests")


def machine(session):
    """What there is. Nothing here stops the run: the steps that need a device fail by themselves."""
    session.found("commit", commit())
    session.found("processor", f"{processor()}, {len(os.sched_getaffinity(0))} for us")
    nvidia_smi, nvcc = session.find("nvidia-smi"), session.find("nvcc")
    lines = output_of(nvidia_smi, "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader") if nvidia_smi else ""
    session.found("devices, driver", "; ".join(lines.splitlines()) or "unknown: no nvidia-smi that answers")
    session.found("toolkit", output_of(nvcc, "--version").splitlines()[-1] if nvcc else "no nvcc")


def build(session):
    """For the architecture of this machine's devices alone: a build for all takes minutes."""
    if session.options.build:
        raise NotRun("--build")
    configure = ["cmake", "-S", ROOT, "-B", session.build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", "-DOSSICLE_BENCH=ON"]
    configure += ["-DOSSICLE_CUDA=ON", "-DCMAKE_CUDA_ARCHITECTURES=native"]
    for what, command in (("configuring", configure), ("compiling", ("cmake", "--build", session.build, "--target", *TARGETS))):
        status = subprocess.run(command, stdout=2).returncode
        if status != 0:
            raise Failure(f"{what} ended with {status}")


def tests(session):
    """ctest -L gpu. A test that was skipped has shown nothing: it fails the step."""
    report = session.work / "tests.xml"
    command = ["ctest", "--test-dir", session.build, "-L", "gpu", "--output-on-failure", "--no-tests=error", "--output-junit", report]
    golden = {"OSSICLE_GOLDEN": str(session.options.golden)} if session.options.golden else {}
    done = subprocess.run(command, stdout=2, env={**os.environ, **golden})
    counts = xml.etree.ElementTree.parse(report).getroot().attrib if report.is_file() else {}
    n, n_bad, n_skipped = (int(counts.get(name, 0)) for name in ("tests", "failures", "skipped"))
    if n == 0:
        raise Failure(f"ctest ended with {done.returncode}, without a test labelled gpu")
    session.found("ctest -L gpu", f"{n - n_bad - n_skipped} of {n} passed, {n_bad} failed, {n_skipped} skipped")
    if done.returncode != 0 or n_bad + n_skipped > 0:
        raise Failure(f"{n_bad} failed, {n_skipped} skipped; what they said stands on stderr")


def measure(session, case, contenders):
    record = Record()
    interleave(record, "gpu", case, contenders, tuple(OPERATIONS), session.n_rounds, n_most=1, clocks=("cpu_s", "wall_s"))
    return Figures(record.rows)


def on_device(session, case, precision):
    return session.contender(f"ossicle {precision}", session.network(case, ON_DEVICE, device=DEVICE, precision=precision))


def show_times(session, figures, case, contender, reference=None):
    """Wall time; of the CPU its processor time. reference: beside whom, (contender, quantity)."""
    quantity = "cpu_s" if contender == CPU else "wall_s"
    for operation, what in OPERATIONS.items():
        text = spread(figures.series("gpu", case, contender, operation, quantity), 3, 1e3, " ms")
        if reference:
            ratios = figures.ratios("gpu", case, reference[0], contender, operation, (reference[1], quantity))
            text += f"; {reference[0]} takes {spread(ratios, 1)} times as long"
        session.found(f"{case}: {what}, {contender}", text)


def timings(session, case):
    """Ours, one process each, the order rotated each round; medians (quartiles) over the rounds."""
    cpu = session.contender(CPU, session.network(case, ON_CPU, device="cpu", threads=1))
    with contest(cpu, *(on_device(session, case, precision) for precision in PRECISIONS)) as contenders:
        figures = measure(session, case, contenders)
    for contender in contenders:
        session.found(f"{case}: {contender.name}", contender.about)
        show_times(session, figures, case, contender.name, None if contender is cpu else (CPU, "cpu_s"))


def torch(session, case):
    python, device = session.options.torch, "cpu" if session.tiny else DEVICE
    if not python:
        raise NotRun("it needs --torch PYTHON")
    look = [python, "-c", "import sys, torch; sys.exit(3 * (not torch.cuda.is_available()))"]
    status = subprocess.run(look).returncode
    if status == 3 and device != "cpu":
        raise NotRun("torch sees no CUDA device")
    if status not in (0, 3):
        raise Failure(f"{python} cannot import torch")
    session.run(python, "-B", HERE / "peers" / "check_tsslbp.py")
    settings = {**session.cases[case], "rate": RATE, "repeats": session.repeats(IN_TORCH), "device": device}
    command = [python, "-B", HERE / "peers" / "peer.py", "tsslbp", *flags(settings)]
    pairs = {precision: f"torch {precision}" for precision in PRECISIONS[:2]}  # bf16 would take another program
    peers = [session.contender(name, [*command, "--precision", precision]) for precision, name in pairs.items()]
    with contest(*peers, *(on_device(session, case, precision) for precision in pairs)) as contenders:
        figures = measure(session, case, contenders)
    for peer in peers:
        session.found(f"{case}: {peer.name}", peer.about)
        show_times(session, figures, case, peer.name)
    for precision, name in pairs.items():
        show_times(session, figures, case, f"ossicle {precision}", (name, "wall_s"))


def streams(session):
    """(stream to train on, stream of the speaker left out)"""
    lists = session.work / "fsdd"
    session.run(ROOT / "datasets" / "fsdd" / "prepare", session.options.fsdd, "-o", lists, "--leave-out", UNSEEN)
    made = []
    for name in ("train", "unseen"):
        listed = lists / f"{name}.tsv"
        if session.tiny:
            header, *rows = listed.read_text(encoding="utf-8").splitlines(keepends=True)
            listed.write_text("".join([header, *rows[::40]]), encoding="utf-8")
        made.append(session.work / f"{name}.tar")
        session.tool("ossicle-lyon", "--list", listed, "--root", session.options.fsdd, "-o", made[-1])
    return made


def accuracy(session, train, unseen, device, seed):
    model = session.work / f"{device.replace(':', '')}-{seed}.model"
    size = ("--hidden", "20,20,20", "--epochs", 1) if session.tiny else ()
    session.tool("ossicle-train", train, "--overwrite", "-o", model, "--seed", seed, "--device", device, *size)
    return json.loads(session.tool("ossicle-eval", "--json", model, unseen, "--device", device))["accuracy"]


def fsdd(session):
    """The setting of ossicle-train without options, fp32. Fails if the means differ by more than the seeds of one device do."""
    if not session.options.fsdd:
        raise NotRun("it needs --fsdd DIR")
    train, unseen = streams(session)
    found = {device: [] for device in (DEVICE, "cpu")}
    for seed, device in itertools.product(SEEDS, found):
        found[device].append(accuracy(session, train, unseen, device, seed))
        session.say(f"{device}, seed {seed}: {found[device][-1]:.2%}")
    for device, values in found.items():
        listed = " ".join(f"{value:.2%}" for value in values)
        session.found(f"accuracy on {UNSEEN}, {device}", f"{listed}; mean {statistics.fmean(values):.2%}")
    apart = abs(statistics.fmean(found[DEVICE]) - statistics.fmean(found["cpu"]))
    seeds = max(max(values) - min(values) for values in found.values())
    session.found("means differ by", f"{apart:.2%}; the seeds of one device by up to {seeds:.2%}")
    if apart > seeds:
        raise Failure("the device's mean differs from the CPU's by more than the seeds do")
