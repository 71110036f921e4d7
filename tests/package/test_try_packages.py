"""Installs the Debian packages of a build in a bare Debian 12 and recognises words there, by scripts/try_packages.

  test_try_packages.py BUILD_DIR CPACK

OSSICLE_BOOKWORM names the bare root, which `debootstrap --variant=minbase bookworm FOLDER` makes; the trial takes minutes, and the
network, in a copy.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "try_packages"


class TryPackages(unittest.TestCase):
    def test_a_first_recognition_in_a_bare_debian(self):
        with tempfile.TemporaryDirectory(prefix="ossicle-try-packages-") as debs:
            subprocess.run([cpack, "--config", build_dir / "CPackConfig.cmake", "-G", "DEB", "-B", debs], check=True, stdout=subprocess.DEVNULL)
            result = subprocess.run([SCRIPT, "--base", base, "--debs", debs], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(result.returncode, 0, result.stdout)
        words = re.findall(r"(?m)^recordings/ti20/test/f1/0(\d)f1s1t0\.wav\t(\d)\t[\d.]+$", result.stdout)
        self.assertEqual(words, [("0", "0"), ("1", "1"), ("2", "2")], result.stdout)
        self.assertIn("\nPython: 0\n", result.stdout)
        self.assertIn("\ncpu: 9 3\n", result.stdout)


if __name__ == "__main__":
    base = os.environ.get("OSSICLE_BOOKWORM", "")
    if os.geteuid() != 0 or not (pathlib.Path(base) / "bin" / "bash").exists() or not base:
        print("SKIPPED: needs root, and a bare Debian 12 in the folder that OSSICLE_BOOKWORM names")
        sys.exit(0)
    build_dir, cpack = pathlib.Path(sys.argv[1]), sys.argv[2]
    unittest.main(argv=sys.argv[:1])
