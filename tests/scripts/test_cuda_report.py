"""cuda_report with a compiler and a disassembler of the test's own, which print what theirs do."""

import json
import unittest

from tree import TreeTest

SCRIPT = "scripts/cuda_report"
SYMBOL = "_ZN3snn4cuda11run_columnsINS_7PscScanIfEEEEvT_NS_6ExtentE"
USAGE = """\
ptxas info    : 0 bytes gmem
ptxas info    : Compiling entry function 'SYMBOL' for 'sm_90'
ptxas info    : Function properties for SYMBOL
    0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
ptxas info    : Used 56 registers, used 0 barriers
ptxas info    : Compile time = 20.000 ms
"""
# A loop within another, with two loads in flight: the third one is behind the first use. Then a routine of the compiler's.
CODE = """\
\t.section\t.text.SYMBOL,"ax",@progbits
        .global         SYMBOL
SYMBOL:
.text.SYMBOL:
.L_x_0:
        /*0000*/                   LDC R1, c[0x0][0x28] ;
        /*0010*/                   LDG.E.64 R2, desc[UR4][R8.64] ;
.L_x_1:
        /*0020*/              @!P0 LDG.E R5, desc[UR4][R10.64] ;
        /*0030*/                   LDG.E.U8.CONSTANT R6, desc[UR4][R12.64] ;
        /*0040*/                   FSETP.GT.FTZ.AND P0, PT, R5, UR7, PT ;
        /*0050*/                   LDG.E R7, desc[UR4][R14.64] ;
        /*0060*/                   FFMA R4, R5, R6, RZ ;
        /*0070*/                   STG.E desc[UR4][R14.64], R4 ;
        /*0080*/              @!P1 BRA `(.L_x_2) ;
        /*0090*/                   CALL.REL.NOINC `($__internal_0_$__cuda_sm3x_div_rn_ftz_f32_slowpath) ;
.L_x_2:
        /*00a0*/               @P0 BRA `(.L_x_1) ;
        /*00a8*/               @P1 BRA `(.L_x_0) ;
        /*00b0*/                   EXIT ;
        .weak           $__internal_0_$__cuda_sm3x_div_rn_ftz_f32_slowpath
$__internal_0_$__cuda_sm3x_div_rn_ftz_f32_slowpath:
        /*00c0*/                   FFMA.FTZ R0, R4, R2, R0 ;
.L_x_3:
        /*00d0*/                   BRA `(.L_x_3);
"""
COMMAND = ("/nvcc -O3 --generate-code=arch=compute_75,code=[sm_75] --generate-code=arch=compute_90,code=[sm_90] -fmad=false -ftz=true "
           "-Werror=all-warnings -Xcompiler=-Werror -x cu -c /source/snn/backend/cuda/library.cu -o library.cu.o")


class CudaReport(TreeTest):
    def program(self, name, text, status=0):
        """A program that notes its arguments and prints the text."""
        text = text.replace("SYMBOL", SYMBOL)
        self.write({name: f"#!/bin/sh\necho \"$@\" >{self.root}/{name}.arguments\ncat <<'EOF'\n{text}EOF\nexit {status}\n"})
        (self.root / name).chmod(0o755)

    def report(self, usage=USAGE, code=CODE, status=0, more=()):
        self.program("nvcc", usage, status)
        self.program("nvdisasm", code)
        entry = {"directory": str(self.root), "file": "/source/snn/backend/cuda/library.cu", "command": str(self.root) + COMMAND}
        self.write({"build/compile_commands.json": json.dumps([entry])})
        return self.run_script(SCRIPT, "--build", self.root / "build", "--tools", self.root, *more, "sm_90")

    def assert_finding(self, result, text):
        self.assertEqual((result.returncode, result.stderr), (1, f"cuda_report: PscScan, sm_90: {text}; wanted 0\n"))

    def test_table(self):
        result = self.report()
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(result.stdout.splitlines()[2:], [
            "| PscScan | sm_90 | 56 | 0 | 0 | 0 | 1 x 64, 2 x 32, 1 x 8 | 1 x 32 | 0 | 2 | 0 | 15 | 9, 3, 2, 2 |"])

    def test_a_kept_table_must_be_that_of_the_code(self):
        self.write({"kept.md": self.report().stdout})
        self.assertEqual(self.report(more=("--check", self.root / "kept.md")).returncode, 0)
        stale = self.report(USAGE.replace("56 registers", "57 registers"), more=("--check", self.root / "kept.md"))
        self.assertEqual(stale.returncode, 1)
        self.assertIn("kept.md lacks this line: | PscScan | sm_90 | 57 |", stale.stderr)
        self.assertIn("kept.md has a line that is not of the code: | PscScan | sm_90 | 56 |", stale.stderr)

    def test_without_nvdisasm_what_ptxas_says_is_compared(self):
        self.write({"kept.md": self.report().stdout})
        build, env = ("--build", self.root / "build", "--check", self.root / "kept.md", "sm_90"), {"PATH": "/bin"}
        (self.root / "nvdisasm").unlink()
        same = self.run_script(SCRIPT, *build, env=env)
        self.assertEqual(same.returncode, 0)
        self.assertIn("nvdisasm not found", same.stderr)
        self.program("nvcc", USAGE.replace("56 registers", "57 registers"))
        stale = self.run_script(SCRIPT, *build, env=env)
        self.assertEqual(stale.returncode, 1)
        self.assertIn("lacks this line: | PscScan | sm_90 | 57 | 0 | 0 ", stale.stderr)

    def test_compiled_as_the_build_does_but_for_one_architecture(self):
        self.report()
        arguments = (self.root / "nvcc.arguments").read_text(encoding="utf-8").split()
        self.assertEqual(arguments[:7], "-O3 -fmad=false -ftz=true -x cu /source/snn/backend/cuda/library.cu -arch=sm_90".split())
        self.assertEqual(arguments[7:-1], ["-cubin", "-Xptxas=-v", "-o"])

    def test_spills_and_stack_are_findings(self):
        self.assert_finding(self.report(USAGE.replace("0 bytes spill loads", "8 bytes spill loads")), "8 bytes spilled")
        self.assert_finding(self.report(USAGE.replace("0 bytes spill stores", "4 bytes spill stores")), "4 bytes spilled")
        self.assert_finding(self.report(USAGE.replace("0 bytes stack", "16 bytes stack")), "16 bytes of stack")

    def test_local_memory_is_a_finding(self):
        for name in ("LDL", "STL.64"):
            self.assert_finding(self.report(code=CODE.replace("LDC ", name + " ")), "1 accesses of local memory")

    def test_fused_arithmetic_is_a_finding_outside_of_the_routines(self):
        for name in ("FFMA.FTZ", "FFMA.SAT.FTZ", "FFMA2.FTZ"):
            self.assert_finding(self.report(code=CODE.replace("FFMA R4", name + " R4")), "1 fused operations")

    def test_nothing_to_report(self):
        for result, text in ((self.report(status=1), "nvcc failed"), (self.report(usage="\n"), "reports no kernel"),
                             (self.report(code="\n"), "prints no code for " + SYMBOL),
                             (self.run_script(SCRIPT, "--build", self.root), "compile_commands.json is not there"),
                             (self.run_script(SCRIPT, "--tools", self.root / "build"), "holds no nvdisasm")):
            self.assertEqual((result.returncode, result.stdout.count("PscScan")), (2, 0))
            self.assertIn(text, result.stderr)


if __name__ == "__main__":
    unittest.main()
