#!/usr/bin/env python3
"""Measures Ossicle and its peers, interleaved, on one pinned processor. Called by scripts/bench/run, which builds what this needs."""

import argparse
import datetime
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile

import contenders
import parts
import report
from contenders import Failure, Record
from machine import ROOT, commit, output_of, processor


class Bench:
    """What the parts share."""

    def __init__(self, options, work):
        self.root, self.work, self.fsdd, self.quick = ROOT, work, options.fsdd, options.quick
        self.program = options.build / "scripts" / "bench" / "ossicle_bench"
        self.tools = options.build / "tools"
        self.peers = not options.no_peers
        self.n_rounds = options.rounds or (5 if options.quick else 21)
        self.n_epochs = 1 if options.quick else 4
        # The last processors that this process may use: the first one serves most interrupts.
        allowed = sorted(os.sched_getaffinity(0))
        self.one_cpu, self.two_cpus = allowed[-1:], allowed[-2:]
        self.record = Record()

    def say(self, text):
        print(text, file=sys.stderr, flush=True)

    def tool(self, name, *arguments):
        command = [str(word) for word in (self.tools / name, *arguments)]
        if subprocess.run(command).returncode != 0:
            raise Failure(f"{' '.join(command)}: failed; its message stands above")

    def interleave(self, part, case, all_of_them, operations, n_rounds=None, **more):
        """Closes them, come what may."""
        try:
            contenders.interleave(self.record, part, case, all_of_them, operations, n_rounds or self.n_rounds, **more)
        finally:
            contenders.close(all_of_them)


def default_folder():
    name = "-".join(word for word in "".join(c if c.isalnum() else " " for c in processor().lower()).split())
    return ROOT / "scripts" / "bench" / "runs" / f"{datetime.date.today():%Y-%m-%d}-{name}"


def machine(options, bench):
    """What ran, for the record."""
    flags = sorted(set(pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").split()) & {"avx2", "fma", "avx512f", "avx512_vnni"})
    packages = "lyon", "numpy", "scipy", "snntorch", "soundfile", "spikingjelly", "torch"
    pinned = (line.strip() for line in (ROOT / "scripts/bench/requirements.txt").read_text(encoding="utf-8").splitlines())
    about = [row for row in bench.record.rows if row["quantity"] == "about"]
    lines = {
        "date": f"{datetime.date.today():%Y-%m-%d}",
        "commit": commit(),
        "processor": f"{processor()} ({', '.join(flags) or 'no AVX2'}), {os.cpu_count()} seen here, one used but for 'threads'",
        "compiler": output_of("c++", "--version").split("\n")[0],
        "command": "scripts/bench/run " + " ".join(options.shown),
        "rounds": bench.n_rounds,
        "peers": "none" if options.no_peers else f"Python {platform.python_version()}, " + ", ".join(line for line in pinned if line.split("==")[0] in packages),
        "BLAS": next((row["value"] for row in about if row["contender"] == "products"), "not used"),
        "load": "average at the end " + " ".join(f"{load:.2f}" for load in os.getloadavg()),
    }
    return "".join(f"{name:<10} {value}\n" for name, value in lines.items())


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench/run", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(parts.PARTS)}; all by default")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and fewer points of the sweep")
    parser.add_argument("--rounds", type=int, help="rounds of a comparison (default 21; --quick 5)")
    parser.add_argument("--no-peers", action="store_true", help="Ossicle and the bare products alone")
    parser.add_argument("--fsdd", type=pathlib.Path, help="the Free Spoken Digit Dataset: for 'trained' and 'lyon-tool'")
    parser.add_argument("--out", type=pathlib.Path, default=default_folder(), help="folder for the results (default: runs/DATE-PROCESSOR)")
    parser.add_argument("--build", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    words = sys.argv[1:]
    options.shown = [pathlib.Path(w).name if os.sep in w else w for w in words if w != "--build" and w != str(options.build)]
    return options


def write_results(options, bench):
    options.out.mkdir(parents=True, exist_ok=True)
    bench.record.write(options.out / "raw.csv")
    (options.out / "machine.txt").write_text(machine(options, bench), encoding="utf-8")
    (options.out / "summary.md").write_text(report.summary(bench.record.rows), encoding="utf-8")


def main():
    options = arguments()
    work = pathlib.Path(tempfile.mkdtemp(prefix="ossicle-bench-"))
    bench = Bench(options, work)
    try:
        all_ran = parts.run_parts(bench, options.parts or list(parts.PARTS))
        write_results(options, bench)
    except (Failure, OSError) as error:
        bench.say(f"scripts/bench/run: {error}")
        return 2
    finally:
        shutil.rmtree(work)
    print((options.out / "summary.md").read_text(encoding="utf-8"))
    bench.say(f"the results lie in {options.out}")
    return 0 if all_ran else 2


if __name__ == "__main__":
    sys.exit(main())
