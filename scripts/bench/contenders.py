"""Contenders as long-lived processes, asked in turn; and the networks that are measured."""

import contextlib
import csv
import json
import os
import subprocess
import time

WARM_UP_TURNS = 2
CASES = {
    "A": {"sizes": "78,400,400,400,26", "steps": 100, "batch": 50},
    "B": {"sizes": "64,400,400,400,11", "steps": 300, "batch": 50},
    "C": {"sizes": "78,100,100,100,10", "steps": 100, "batch": 50},
}
TURN_S, MOST_REPETITIONS = 0.1, 10  # a turn repeats a short operation until it has run that long


class Failure(Exception):
    """What went wrong, for the person who runs the bench."""


def flags(settings):
    return [word for name, value in settings.items() for word in (f"--{name}", value)]


def close(contenders):
    for contender in contenders:
        contender.close()


def environment():
    """One thread for everybody; the kernels that OpenBLAS finds itself."""
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR"):
        env[f"{name}_NUM_THREADS"] = "1"
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        env.pop(name, None)
    return env


class Contender:
    """A process that speaks the protocol of serve.h and peers/serve.py. cpus: those it may use."""

    def __init__(self, name, command, cpus, env=None):
        self.name, self.command = name, [str(word) for word in command]
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**environment(), **(env or {})},
            preexec_fn=lambda: os.sched_setaffinity(0, cpus),
        )
        self._about = None

    @property
    def about(self):
        """What it says of itself, once it is ready."""
        if self._about is None:
            self._about = self._read()["ready"]
        return self._about

    def ask(self, operation):
        """One repetition: {"cpu_s", "wall_s", "parts": {name: cpu_s}}."""
        self.process.stdin.write(operation + "\n")
        self.process.stdin.flush()
        return self._read()

    def _read(self):
        line = self.process.stdout.readline()
        if not line:
            raise Failure(f"{' '.join(self.command)}: ended with {self.process.wait()}; its message stands above")
        return json.loads(line)

    def close(self):
        with contextlib.suppress(OSError):  # it may have ended by itself
            self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class Tool:
    """A program that is run anew for each repetition; its processor time and peak memory are taken from outside."""

    def __init__(self, name, command, cpus, about=""):
        self.name, self.command, self.cpus, self.about = name, [str(word) for word in command], cpus, about

    def ask(self, _operation="run"):
        begin = time.perf_counter()
        process = subprocess.Popen(
            self.command, stdout=subprocess.DEVNULL, env=environment(), preexec_fn=lambda: os.sched_setaffinity(0, self.cpus)
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise Failure(f"{' '.join(self.command)}: exit code {process.returncode}; its message stands above")
        return {"cpu_s": usage.ru_utime + usage.ru_stime, "wall_s": wall, "parts": {}, "peak_bytes": usage.ru_maxrss * 1024}

    def close(self):
        pass


class Record:
    """Everything measured, in long form."""

    FIELDS = ("part", "case", "contender", "operation", "round", "quantity", "value")

    def __init__(self):
        self.rows = []

    def add(self, part, case, contender, operation, number, quantity, value):
        self.rows.append(dict(zip(self.FIELDS, (part, case, contender, operation, number, quantity, value))))

    def write(self, path):
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, self.FIELDS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)


def turn(contender, operation, n_most, clocks):
    """The mean of as many repetitions as make TURN_S of processor time."""
    answers = []
    while len(answers) < n_most and sum(answer["cpu_s"] for answer in answers) < TURN_S:
        answers.append(contender.ask(operation))
    mean = {key: sum(answer[key] for answer in answers) / len(answers) for key in clocks}
    for name in answers[0]["parts"]:
        mean[f"cpu_s {name}"] = sum(answer["parts"][name] for answer in answers) / len(answers)
    return mean


def interleave(record, part, case, contenders, operations, n_rounds, n_most=MOST_REPETITIONS, warm_up=WARM_UP_TURNS, clocks=("cpu_s",)):
    """Asks every contender once a round, in rotated order, so that what slows the machine down slows all of them."""
    for contender in contenders:
        record.add(part, case, contender.name, "", "", "about", contender.about)
    for number in range(-warm_up, n_rounds):
        shift = number % len(contenders)
        for contender in contenders[shift:] + contenders[:shift]:
            for operation in operations:
                for quantity, value in turn(contender, operation, n_most, clocks).items():
                    if number >= 0:
                        record.add(part, case, contender.name, operation, number, quantity, f"{value:.6g}")
