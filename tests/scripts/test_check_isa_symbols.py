"""check_isa_symbols.py with an nm of the test's own."""

import unittest

from tree import TreeTest

SCRIPT = "scripts/check_isa_symbols.py"
GOOD = """\
0000 T _ZN3snn4avx28multiplyEv
0010 W _ZN10Eigen_avx28internal4gebpEv
0020 R _ZN3snn8kSettingE
0000 V DW.ref.__gxx_personality_v0
"""


class CheckIsaSymbols(TreeTest):
    def check(self, listing, *arguments):
        self.write({"nm": "#!/bin/sh\ncat <<'EOF'\n" + listing + "EOF\n"})
        (self.root / "nm").chmod(0o755)
        return self.run_script(SCRIPT, self.root / "nm", *(arguments or ("avx2", "kernels.o")))

    def test_own_names_and_data_pass(self):
        result = self.check(GOOD)
        self.assertEqual((result.returncode, result.stdout), (0, ""))
        self.assertIn("1 objects, 0 findings", result.stderr)

    def test_a_shared_function_is_named(self):
        for kind in "TWVu":
            result = self.check(GOOD + f"0030 {kind} _ZNSt6vectorIfE4dataEv\n")
            self.assertEqual(result.returncode, 1, kind)
            self.assertIn("kernels.o: _ZNSt6vectorIfE4dataEv", result.stdout)

    def test_too_few_arguments(self):
        self.assertEqual(self.check(GOOD, "avx2").returncode, 2)


if __name__ == "__main__":
    unittest.main()
