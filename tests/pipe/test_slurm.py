"""datasets/slurm_array.sh and scripts/reproduce --slurm under a real SLURM. Usage: with_slurm test_slurm.py FOLDER_OF_THE_TOOLS"""

import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import unittest

from test_reproduce import ENVIRONMENT, ROOT, SPEAKERS, write_corpus
from test_shards import SLURM_ARRAY, RunsTools, difference, read_stream

WITH_SLURM = pathlib.Path(__file__).resolve().with_name("with_slurm")
LONGEST_WAIT_S = 100


def processes_with(setting):
    """Numbers of the processes that have this NAME=VALUE in their environment."""
    found = []
    for environment in pathlib.Path("/proc").glob("[0-9]*/environ"):
        try:
            if setting.encode() in environment.read_bytes().split(b"\0"):
                found.append(environment.parent.name)
        except OSError:  # it has ended
            pass
    return found


class UnderSlurm(RunsTools):
    def call(self, *command):
        return self.run_here(*command, PATH=ENVIRONMENT["PATH"]).stdout.decode()

    def submit(self, *words):
        return self.call("sbatch", "--parsable", *words).strip()

    def wait_until(self, condition):
        deadline = time.monotonic() + LONGEST_WAIT_S
        while not condition():
            self.assertLess(time.monotonic(), deadline, self.call("scontrol", "show", "jobs"))
            time.sleep(0.1)

    def wait_for_all(self):
        self.wait_until(lambda: not self.call("squeue", "--noheader"))

    def states(self, job):
        return sorted(re.findall(r"JobState=(\w+)", self.call("scontrol", "show", "job", job)))


class SlurmArray(UnderSlurm):
    LYON = ("--list", "list.tsv", "--jobs", 1)

    def test_tasks_and_the_end(self):
        """One task fails: its message is in its log, nothing is joined. Run again alone, its part joins the others."""
        shaky = self.root / "shaky"  # fails in the second of three parts until it is mended
        shaky.write_text('#!/bin/sh\ncase "$*" in *2/3*) [ -e mended ] || exit 3 ;; esac\nexec ossicle-lyon "$@"\n')
        shaky.chmod(0o755)
        array = (SLURM_ARRAY, 3, "all.tar", shaky, *self.LYON)
        first = self.submit("--array=1-3", *array)
        end = self.submit(f"--dependency=afterok:{first}", SLURM_ARRAY, 3, "all.tar")
        self.wait_until(lambda: self.call("squeue", "--noheader", "--format=%r").split() == ["DependencyNeverSatisfied"])
        self.assertEqual(self.states(first), ["COMPLETED", "COMPLETED", "FAILED"])
        self.assertIn("part 2 of 3 failed (exit code 3)", (self.root / f"ossicle-{first}_2.log").read_text())
        self.assertEqual(sorted(path.name for path in self.root.glob("all.tar*")), ["all.tar.1-of-3", "all.tar.3-of-3"])
        self.call("scancel", end)

        (self.root / "mended").touch()
        again = self.submit("--array=2", *array)
        end = self.submit(f"--dependency=afterok:{again}", SLURM_ARRAY, 3, "all.tar")
        self.wait_for_all()
        self.assertEqual((self.states(again), self.states(end)), (["COMPLETED"], ["COMPLETED"]))
        self.assertEqual([path.name for path in self.root.glob("all.tar*")], ["all.tar"])
        self.run_here("ossicle-lyon", *self.LYON, "-o", "whole.tar", codes=(1,), PATH=ENVIRONMENT["PATH"])
        self.assertEqual(difference(read_stream(self.root / "all.tar"), read_stream(self.root / "whole.tar")), "")

    def test_a_missing_part(self):
        (self.root / "all.tar.1-of-2").write_text("of two")
        end = self.submit(SLURM_ARRAY, 2, "all.tar")
        self.wait_for_all()
        self.assertEqual(self.states(end), ["FAILED"])
        [log] = self.root.glob(f"ossicle-{end}_*.log")
        self.assertIn("all.tar.2-of-2: no such part", log.read_text())
        self.assertFalse((self.root / "all.tar").exists())


class Reproduce(UnderSlurm):
    def test_the_lines(self):
        """Run as they are printed: every run has its result, the table stands in the last job's log. Submitted again, nothing is run."""
        write_corpus(self.root / "fsdd", SPEAKERS, range(9), 60)
        out = self.root / "a b"
        lines = self.call(ROOT / "scripts/reproduce", "fsdd", "--slurm", "--quick", "--rows", "ff,sr", "--hidden", "8-8-8", "--data", self.root,
                          "--out", out, "--", "--warp", "0.1")
        self.call("bash", "-ec", lines)
        self.wait_for_all()
        results = {path.stem: path.stat().st_mtime_ns for path in out.glob("quick/fsdd/*/*.json")}
        self.assertEqual(set(results), {"ridge-s1", "ff-s1", "sr-s1"})
        self.assertEqual(len(list(out.glob("quick/fsdd/*warp-0.1*/*.json"))), 2)
        table = (out / "quick/fsdd.md").read_text()
        self.assertEqual(re.findall(r"\| (feed-forward|Sr|ridge on frames) \| \S+ \| \d+ \| 1 \|", table), ["feed-forward", "Sr", "ridge on frames"])

        last = self.call("bash", "-ec", lines).split()[-1]
        self.wait_for_all()
        self.assertEqual(self.states(last), ["COMPLETED"])
        self.assertEqual((self.root / f"slurm-{last}.out").read_text(), table + "\n")
        self.assertEqual({path.stem: path.stat().st_mtime_ns for path in out.glob("quick/fsdd/*/*.json")}, results)


class WithSlurm(UnderSlurm):
    """Beside the one that this test runs under."""

    JOB = 'sbatch --wrap "trap \'\' TERM; sleep 1000" >&2; until squeue --noheader --states=R | grep -q .; do sleep 0.1; done; '

    def with_slurm(self, shell):
        return subprocess.Popen([WITH_SLURM, "bash", "-c", f"echo $SLURM_CONF; {shell}"], cwd=self.root, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, text=True)

    def check_all_ended(self, configuration):
        self.assertTrue(configuration.endswith("/slurm.conf"))
        self.assertFalse(pathlib.Path(configuration).parent.exists())
        self.assertEqual(processes_with(f"SLURM_CONF={configuration}"), [])

    def test_a_command_that_fails(self):
        process = self.with_slurm(self.JOB + "exit 5")
        out, _ = process.communicate(timeout=LONGEST_WAIT_S)
        self.assertEqual(process.returncode, 5)
        self.check_all_ended(out.strip())

    def test_a_signal(self):
        process = self.with_slurm(self.JOB + "echo; exec sleep 1000")
        configuration = process.stdout.readline().strip()
        process.stdout.readline()  # the job runs
        self.assertGreater(len(processes_with(f"SLURM_CONF={configuration}")), 4)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=LONGEST_WAIT_S)
        self.assertEqual(process.returncode, 2)
        self.check_all_ended(configuration)

    def test_what_is_missing_is_said(self):
        done = subprocess.run([sys.executable, WITH_SLURM, "true"], env={**os.environ, "PATH": "/nowhere"}, capture_output=True, text=True,
                              timeout=LONGEST_WAIT_S, check=False)
        self.assertEqual(done.returncode, 77)
        self.assertIn("not installed: sbatch squeue", done.stderr)


if __name__ == "__main__":
    unittest.main()
