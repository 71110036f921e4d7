"""What the steps of scripts/bench/gpu share."""

import os
import shutil
import subprocess
import sys

import machine
from cases import flags
from contenders import Contender, Failure

DEVICE = "cuda:0"  # scripts/bench/gpu shows programs no other
RATE = 0.05  # of the hidden layers
TOOLKIT = "/usr/local/cuda/bin"  # looked at after PATH


class NotRun(Exception):
    """A step cannot be done here; says why."""


class Session:
    def __init__(self, options, work, cases):
        self.options, self.work, self.cases, self.tiny = options, work, cases, options.tiny
        self.build = options.build or machine.ROOT / "build" / "gpu"
        self.n_rounds = options.rounds or (2 if self.tiny else 11)
        self.program = self.build / "scripts" / "bench" / "ossicle_bench"
        self.one_cpu = sorted(os.sched_getaffinity(0))[-1:]  # the first ones serve most interrupts
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
        settings = {**self.cases[case], "rates": RATE, "repeats": self.repeats(n_repeats), **more}
        return [str(word) for word in (self.program, "network", *flags(settings))]

    def contender(self, name, command):
        return Contender(name, command, self.one_cpu)
