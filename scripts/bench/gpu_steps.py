"""Steps of scripts/bench/gpu. Each takes the session and adds rows to its table."""

import csv
import itertools
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import xml.etree.ElementTree

from contenders import Contender, Failure, Record, close, flags, interleave
from figures import Figures, spread
from machine import ROOT, commit, output_of, processor

PEERS = ROOT / "scripts" / "bench" / "peers"
DEVICE = "cuda:0"  # scripts/bench/gpu shows programs no other
TOOLKIT = "/usr/local/cuda/bin"  # looked at after PATH
RATE = 0.05  # of the hidden layers
PRECISIONS = ("fp32", "tf32", "bf16")
OPERATIONS = {"step": "training step", "infer": "inference"}
ON_DEVICE, ON_CPU, IN_TORCH, PROFILED = 50, 3, 3, 20  # repetitions in a row
CPU = "CPU, 1 thread"
SEEDS, UNSEEN = (1, 2, 3), "lucas"
TARGETS = ("ossicle_bench", "ossicle-lyon", "ossicle-train", "ossicle-eval", "gpu_tests")
SMALL = {"sizes": "78,100,100,100,10", "steps": 20, "batch": 10}  # a sanitizer is some hundred times as slow
ERRORS_FOUND = 9  # exit code that no program of ours has
N_SLOWEST = 8


class NotRun(Exception):
    """A step cannot be done here; says why."""


class Session:
    """What the steps share."""

    def __init__(self, options, work, cases):
        self.options, self.work, self.cases, self.tiny = options, work, cases, options.tiny
        self.build = options.build or ROOT / "build" / "gpu"
        self.n_rounds = options.rounds or (2 if self.tiny else 11)
        self.rows, self.build_failed = [], False

    def say(self, text):
        print(text, file=sys.stderr, flush=True)

    def found(self, what, text):
        """A row of the table."""
        self.rows.append((what, text))
        self.say(f"{what}: {text}")

    def find(self, name):
        """The path of a program; None if it is not there."""
        return shutil.which(name, path=f"{os.environ.get('PATH', '')}:{TOOLKIT}")

    def run(self, *command, **more):
        """Its standard output. Throws Failure; what it said has gone to stderr."""
        words = [str(word) for word in command]
        done = subprocess.run(words, stdout=subprocess.PIPE, text=True, **more)
        if done.returncode != 0:
            self.say(done.stdout)
            raise Failure(f"{os.path.basename(words[0])} ended with {done.returncode}")
        return done.stdout

    def tool(self, name, *arguments):
        return self.run(self.build / "tools" / name, "-q", *arguments)

    def repeats(self, n):
        return 2 if self.tiny else n

    def network(self, case, n_repeats, **more):
        """The command of ossicle_bench for one of the cases."""
        settings = {**self.cases[case], "rate": RATE, "repeats": self.repeats(n_repeats), **more}
        return [str(word) for word in (self.build / "scripts" / "bench" / "ossicle_bench", "network", *flags(settings))]

    def contender(self, name, command):
        return Contender(name, command, sorted(os.sched_getaffinity(0))[-1:])  # the first ones serve most interrupts

    def on_device(self, case, precision):
        return self.contender(f"ossicle {precision}", self.network(case, ON_DEVICE, device=DEVICE, precision=precision))


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
    """One process each, the order rotated each round; closes them."""
    record = Record()
    try:
        interleave(record, "gpu", case, contenders, tuple(OPERATIONS), session.n_rounds, n_most=1, clocks=("cpu_s", "wall_s"))
    finally:
        close(contenders)
    return Figures(record.rows)


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
    cpu = session.contender(CPU, session.network(case, ON_CPU, device="cpu", threads=1))
    contenders = [cpu, *(session.on_device(case, precision) for precision in PRECISIONS)]
    figures = measure(session, case, contenders)
    for contender in contenders:
        session.found(f"{case}: {contender.name}", contender.about)
        show_times(session, figures, case, contender.name, None if contender is cpu else (CPU, "cpu_s"))


def torch(session, case):
    python, device = session.options.torch, "cpu" if session.tiny else DEVICE
    if not python:
        raise NotRun("it needs --torch PYTHON")
    status = subprocess.run([python, "-c", "import sys, torch; sys.exit(3 * (not torch.cuda.is_available()))"]).returncode
    if status == 3 and device != "cpu":
        raise NotRun("torch sees no CUDA device")
    if status not in (0, 3):
        raise Failure(f"{python} cannot import torch")
    session.run(python, "-B", PEERS / "check_tsslbp.py")
    settings = {**session.cases[case], "rate": RATE, "repeats": session.repeats(IN_TORCH), "device": device}
    command = [python, "-B", PEERS / "peer.py", "tsslbp", *flags(settings)]
    pairs = {precision: f"torch {precision}" for precision in PRECISIONS[:2]}  # bf16 would take another program
    peers = [session.contender(name, [*command, "--precision", precision]) for precision, name in pairs.items()]
    figures = measure(session, case, [*peers, *(session.on_device(case, precision) for precision in pairs)])
    for peer in peers:
        session.found(f"{case}: {peer.name}", peer.about)
        show_times(session, figures, case, peer.name)
    for precision, name in pairs.items():
        show_times(session, figures, case, f"ossicle {precision}", (name, "wall_s"))


def stream(session, lists, name):
    """Of one of the lists."""
    listed, made = lists / f"{name}.tsv", session.work / f"{name}.tar"
    if session.tiny:
        header, *rows = listed.read_text(encoding="utf-8").splitlines(keepends=True)
        listed.write_text("".join([header, *rows[::40]]), encoding="utf-8")
    session.tool("ossicle-lyon", "--list", listed, "--root", session.options.fsdd, "-o", made)
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
    lists = session.work / "fsdd"
    session.run(ROOT / "datasets" / "fsdd" / "prepare", session.options.fsdd, "-o", lists, "--leave-out", UNSEEN)
    train, unseen = (stream(session, lists, name) for name in ("train", "unseen"))
    found = {device: [] for device in (DEVICE, "cpu")}
    for seed, device in itertools.product(SEEDS, found):
        found[device].append(accuracy(session, train, unseen, device, seed))
    for device, values in found.items():
        listed = " ".join(f"{value:.2%}" for value in values)
        session.found(f"accuracy on {UNSEEN}, {device}", f"{listed}; mean {statistics.fmean(values):.2%}")
    apart = abs(statistics.fmean(found[DEVICE]) - statistics.fmean(found["cpu"]))
    seeds = max(max(values) - min(values) for values in found.values())
    session.found("means differ by", f"{apart:.2%}; the seeds of one device by up to {seeds:.2%}")
    if apart > seeds:
        raise Failure("the device's mean differs from the CPU's by more than the seeds do")


def sanitizer(session):
    """Each precision: steps as they are, recorded and repeated, then inferences. No racecheck: no kernel has shared memory of ours."""
    program = session.find("compute-sanitizer")
    if not program:
        raise NotRun("no compute-sanitizer")
    small, bad = {} if session.tiny else SMALL, []
    for check, precision in itertools.product(("memcheck", "initcheck"), PRECISIONS):
        command = [program, "--tool", check, "--error-exitcode", str(ERRORS_FOUND)]
        command += session.network(next(iter(session.cases)), 2, **small, device=DEVICE, precision=precision)
        done = subprocess.run(command, input="step\nstep\ninfer\n", stdout=subprocess.PIPE, text=True)
        summary = re.findall(r"ERROR SUMMARY: (.*)", done.stdout)
        session.found(f"{check}, {precision}", summary[-1] if summary else f"no summary, exit code {done.returncode}")
        if done.returncode != 0 or not summary:
            session.say(done.stdout)
            bad.append(f"{check} {precision}")
    if bad:
        raise Failure(f"not clean: {', '.join(bad)}; the reports stand on stderr")


def short(kernel):
    """The body in run_columns<body> or run_sums<body>; of the kernels of cuBLAS the start of their names."""
    ours = re.search(r"run_(?:columns|sums)<(?:\w+::)*(\w+)", kernel)
    return ours.group(1) if ours else kernel.removeprefix("void ").partition("(")[0][:60]


def profile(session):
    """Kernels of training steps, with the few inferences that the bench begins with."""
    case, nsys, kept = next(iter(session.cases)), session.find("nsys"), session.work / "profile"
    if not nsys:
        raise NotRun("no nsys")
    options = ("--force-overwrite=true", "--trace=cuda", "--sample=none", "--cpuctxsw=none", "--cuda-graph-trace=node")
    command = session.network(case, PROFILED, device=DEVICE, precision="fp32")
    session.run(nsys, "profile", *options, "-o", kept, *command, input="step\n")
    text = session.run(nsys, "stats", "--report", "cuda_gpu_kern_sum", "--format", "csv", f"{kept}.nsys-rep")
    _, column, rows = text.partition("Time (%),Total Time (ns)")
    kernels = [row for row in csv.DictReader((column + rows).splitlines()) if row["Name"]]
    total = sum(float(row["Total Time (ns)"]) for row in kernels)
    if total <= 0:
        raise Failure("nsys has seen no kernel")
    for place, row in enumerate(kernels[:N_SLOWEST], 1):  # it lists the slowest one first
        time, calls = float(row["Total Time (ns)"]), int(row["Instances"])
        session.found(f"{case}: {place}. {short(row['Name'])}", f"{time / total:.0%} of the time; {calls} calls of {1e-3 * time / calls:.1f} us")
