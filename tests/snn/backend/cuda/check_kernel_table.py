"""The compiler's table of a README against the kernels of a build, by scripts/cuda_report.

  check_kernel_table.py README BUILD [NVCC]      NVCC: the compiler of BUILD, if that is a release build with CUDA

nvdisasm is looked for in the folder that OSSICLE_CUDA_TOOLS names, or on PATH. Exit status: that of cuda_report; 77, with the reason, where
the table cannot be compared whole: no NVCC, another version than the README names, no nvdisasm. Without nvdisasm registers, stack and
spills are compared all the same.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

REPORT = pathlib.Path(__file__).resolve().parents[4] / "scripts" / "cuda_report"
SKIPPED = 77


def skip(reason):
    print(f"SKIPPED: {reason}")
    sys.exit(SKIPPED)


def main():
    readme, build, *rest = sys.argv[1:]
    nvcc = rest[0] if rest else ""
    if not nvcc:
        skip("this is no release build with the CUDA back end")
    wanted = re.search(r"nvcc ([\d.]+), nvdisasm", pathlib.Path(readme).read_text(encoding="utf-8"))[1]
    found = re.search(r"V([\d.]+)", subprocess.run([nvcc, "--version"], capture_output=True, text=True, check=True).stdout)[1]
    if found != wanted:
        skip(f"the table is of nvcc {wanted}, this one is {found}")
    tools = os.environ.get("OSSICLE_CUDA_TOOLS")
    command = [sys.executable, REPORT, "--build", build, *(["--tools", tools] if tools else []), "--check", readme, "sm_90"]
    status = subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode
    if status == 0 and not shutil.which("nvdisasm", path=tools):
        skip("no nvdisasm on PATH or in OSSICLE_CUDA_TOOLS; registers, stack and spills are as the table says")
    sys.exit(status)


if __name__ == "__main__":
    main()
