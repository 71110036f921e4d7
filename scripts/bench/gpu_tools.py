"""Steps of scripts/bench/gpu that run the bench under NVIDIA's tools: sanitizer, profile."""

import csv
import re
import subprocess

from contenders import Failure
from gpu_session import DEVICE, NotRun
from gpu_steps import PRECISIONS

SMALL = {"sizes": "78,100,100,100,10", "steps": 20, "batch": 10}  # a sanitizer is some hundred times as slow
ERRORS_FOUND = 9  # exit code that no program of ours has
N_PROFILED = 20  # steps
N_SLOWEST = 8


def sanitizer(session):
    """Each precision: steps as they are, recorded and repeated, then inferences. No racecheck: no kernel has shared memory of ours."""
    program = session.find("compute-sanitizer")
    if not program:
        raise NotRun("no compute-sanitizer")
    case = next(iter(session.cases))
    small = {} if session.tiny else SMALL
    bad = []
    for check in ("memcheck", "initcheck"):
        for precision in PRECISIONS:
            command = [program, "--tool", check, "--error-exitcode", str(ERRORS_FOUND)]
            command += session.network(case, 2, **small, device=DEVICE, precision=precision)
            done = subprocess.run(command, input="steps\nsteps\ninfers\n", stdout=subprocess.PIPE, text=True)
            summary = re.findall(r"ERROR SUMMARY: (.*)", done.stdout)
            session.found(f"{check}, {precision}", summary[-1] if summary else f"no summary, exit code {done.returncode}")
            if done.returncode != 0 or not summary:
                session.say(done.stdout)
                bad.append(f"{check} {precision}")
    if bad:
        raise Failure(f"not clean: {', '.join(bad)}; the reports stand on stderr")


def table_in(text, column):
    """Rows of the CSV that starts, below other lines, at the one that has that column."""
    lines = text.splitlines()
    begin = next((i for i, line in enumerate(lines) if column in line), None)
    if begin is None:
        raise Failure(f"the profiler's table has no column '{column}'")
    return list(csv.DictReader(lines[begin:]))


def short(kernel):
    """The body in run_lanes<body>; of the kernels of cuBLAS the start of their names."""
    ours = re.search(r"run_lanes<(?:\w+::)*(\w+)", kernel)
    return ours.group(1) if ours else kernel.removeprefix("void ").partition("(")[0][:60]


def by_nsys(session, program, command, order):
    """{kernel: [seconds, calls]}"""
    profile = session.work / "profile"
    options = ("--force-overwrite=true", "--trace=cuda", "--sample=none", "--cpuctxsw=none", "--cuda-graph-trace=node")
    session.run(program, "profile", *options, "-o", profile, *command, input=order)
    text = session.run(program, "stats", "--report", "cuda_gpu_kern_sum", "--format", "csv", f"{profile}.nsys-rep")
    found = {}
    for row in table_in(text, "Total Time (ns)"):
        if row["Name"]:
            add(found, row["Name"], 1e-9 * float(row["Total Time (ns)"]), int(row["Instances"]))
    return found


def by_ncu(session, program, command, order):
    text = session.run(program, "--csv", "--metrics", "gpu__time_duration.sum", *command, input=order)
    scales = {"second": 1.0, "s": 1.0, "msecond": 1e-3, "ms": 1e-3, "usecond": 1e-6, "us": 1e-6, "nsecond": 1e-9, "ns": 1e-9}
    found = {}
    for row in table_in(text, "Metric Value"):
        if row.get("Metric Value"):
            add(found, row["Kernel Name"], float(row["Metric Value"].replace(",", "")) * scales[row["Metric Unit"]], 1)
    return found


def add(found, kernel, seconds, calls):
    entry = found.setdefault(short(kernel), [0.0, 0])
    entry[0] += seconds
    entry[1] += calls


def profile(session):
    """Kernels of training steps, with the few inferences that the bench begins with."""
    case = next(iter(session.cases))
    tools = {"nsys": by_nsys, "ncu": by_ncu}
    name = next((name for name in tools if session.find(name)), None)
    if name is None:
        raise NotRun("neither nsys nor ncu")
    command = session.network(case, N_PROFILED, device=DEVICE, precision="fp32")
    found = tools[name](session, session.find(name), command, "steps\n")
    total = sum(seconds for seconds, _ in found.values())
    if total <= 0:
        raise Failure(f"{name} has seen no kernel")
    slowest = sorted(found.items(), key=lambda item: -item[1][0])[:N_SLOWEST]
    for place, (kernel, (seconds, calls)) in enumerate(slowest, 1):
        share = f"{seconds / total:.0%} of the time; {calls} calls of {1e6 * seconds / calls:.1f} us"
        session.found(f"{case}, {name}: {place}. {kernel}", share)
