"""What a run ran on, for the record."""

import pathlib
import platform
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def output_of(*command):
    """Its standard output; empty if the command is not there."""
    try:
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT).stdout.strip()
    except FileNotFoundError:
        return ""


def commit():
    """Of the working tree; "unknown" outside of one."""
    dirty = ", with changes" if output_of("git", "status", "--porcelain") else ""
    return (output_of("git", "rev-parse", "HEAD") or "unknown") + dirty


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
