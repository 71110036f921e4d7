"""check_layers.py on a good small tree, and on that tree with one rule broken at a time."""

import unittest

from tree import TreeTest

GOOD = {
    "frontend/sound_file.h": "#pragma once\n#include <string>\n",
    "frontend/sound_file.cpp": '#include "frontend/sound_file.h"\n\n#include <sndfile.h>\n',
    "frontend/stream/tar.cpp": "#include <archive.h>\n#include <archive_entry.h>\n",
    "frontend/stream/metadata.cpp": "#include <nlohmann/json.hpp>\n",
    "snn/hd.h": "#pragma once\n#if defined(__CUDACC__)\n#endif\n",
    "snn/shape.h": "#pragma once\n",
    "snn/parallel.h": "#pragma once\n",
    "snn/parallel.cpp": '#include "snn/parallel.h"\n#include <omp.h>\n#pragma omp parallel for\n',
    "snn/neuron/lif.h": '#pragma once\n#include <cmath>\n#include "snn/hd.h"\n',
    "snn/scan/forward.h": '#pragma once\n#include "snn/neuron/lif.h"\n#include "snn/shape.h"\n',
    "snn/backend.h": '#pragma once\n#include "snn/scan/forward.h"\n',
    "snn/cpu/backend.h": '#pragma once\n#include <Eigen/Core>\n#include "snn/backend.h"\n#include "snn/parallel.h"\n',
    "snn/make_backend.cpp": '#include "snn/cpu/backend.h"\n',
    "snn/layer.h": '#pragma once\n#include "snn/backend.h"\n',
    "snn/network.h": '#pragma once\n#include "snn/layer.h"\n',
    "snn/trainer.h": '#pragma once\n#include "snn/network.h"\n',
    "snn/model_file.cpp": "#include <nlohmann/json.hpp>\n// std::cout and printf( may stand in a comment\n",
    "tools/train.cpp": '#include <CLI/CLI.hpp>\n#include <unistd.h>\n#include "snn/trainer.h"\n#include "frontend/sound_file.h"\n',
    "tests/snn/test_cpu.cpp": '#include <catch2/catch.hpp>\n#include "snn/cpu/backend.h"\n',
}

# What is added to which file, and what the finding says.
BROKEN = (
    ("frontend/sound_file.h", '#include "snn/shape.h"', "frontend/ must not include snn/"),
    ("snn/network.h", '#include "frontend/sound_file.h"', "snn/ must not include frontend/"),
    ("snn/network.h", '#include "tools/train.cpp"', "snn/ must not include tools/"),
    ("frontend/sound_file.h", '#include "sound_file.h"', "write includes from the root"),
    ("frontend/sound_file.h", '#include "frontend/absent.h"', "no such file"),
    ("frontend/sound_file.h", "#include <sndfile.h>", "allowed in frontend/sound_file.cpp only"),
    ("frontend/sound_file.cpp", "#include <fftw3.h>", "allowed in frontend/spectrum.cpp only"),
    ("frontend/sound_file.cpp", "#include <archive.h>", "allowed in frontend/stream/tar.cpp, frontend/exchange/zip.cpp only"),
    ("frontend/stream/tar.cpp", "#include <nlohmann/json.hpp>", "included by 2 files, 1 allowed"),
    ("frontend/sound_file.cpp", "#include <CLI/CLI.hpp>", "allowed in tools/* only"),
    ("snn/layer.h", "#include <Eigen/Core>", "allowed in snn/cpu/* only"),
    ("snn/cpu/backend.h", "#include <omp.h>", "allowed in snn/parallel.cpp only"),
    ("snn/cpu/backend.h", "#pragma omp parallel for", "OpenMP outside snn/parallel.cpp"),
    ("snn/layer.h", "#include <boost/any.hpp>", "not a library this project has chosen"),
    ("snn/layer.h", "#include <catch2/catch.hpp>", "allowed in tests/ only"),
    ("tests/snn/test_cpu.cpp", 'TEST_CASE("one; two") {', "ctest cannot run it"),
    ("tests/snn/test_cpu.cpp", 'TEST_CASE(\n    "--flag") {', "ctest cannot run it"),
    ("snn/hd.h", '#include "snn/shape.h"', "(hd) must not include leaves"),
    ("snn/neuron/lif.h", '#include "snn/shape.h"', "(neuron) must not include leaves"),
    ("snn/neuron/lif.h", "#include <vector>", "snn/neuron/ includes"),
    ("snn/scan/forward.h", '#include "snn/backend.h"', "(scan) must not include backend"),
    ("snn/backend.h", '#include "snn/cpu/backend.h"', "(backend) must not include cpu"),
    ("snn/cpu/backend.h", '#include "snn/layer.h"', "(cpu) must not include layer"),
    ("snn/layer.h", '#include "snn/network.h"', "(layer) must not include network"),
    ("snn/network.h", '#include "snn/cpu/backend.h"', "(network) must not include cpu"),
    ("snn/network.h", '#include "snn/trainer.h"', "(network) must not include trainer"),
    ("snn/trainer.h", '#include "snn/cpu/backend.h"', "(trainer) must not include cpu"),
    ("snn/model_file.cpp", '#include "snn/cpu/backend.h"', "(other) must not include cpu"),
    ("snn/layer.h", "#ifdef OSSICLE_CUDA", "a branch on CUDA"),
    ("snn/layer.h", "void f() { std::cerr << 1; }", "never prints"),
    ("snn/layer.h", 'void f() { printf("x"); }', "never prints"),
    ("frontend/sound_file.cpp", "void f() { std::exit(1); }", "never prints"),
    ("frontend/sound_file.h", "int i;\n" * 300, "303 lines; split the file"),
)


class CheckLayers(TreeTest):
    def check(self, files):
        self.write(files)
        return self.run_script("scripts/check_layers.py", self.root)

    def test_good_tree_has_no_findings(self):
        done = self.check(GOOD)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_each_broken_rule_is_the_one_finding(self):
        for path, addition, message in BROKEN:
            with self.subTest(path=path, addition=addition[:40]):
                done = self.check({**GOOD, path: GOOD[path] + addition + "\n"})
                self.assertEqual(done.returncode, 1, done.stdout)
                self.assertEqual(done.stdout.count("\n"), 1, done.stdout)
                self.assertIn(message, done.stdout)

    def test_a_long_function_is_a_note(self):
        body = "int f(int i) {\n" + "  ++i;\n" * 40 + "  return i;\n}\n"
        done = self.check({**GOOD, "snn/layer.cpp": body})
        self.assertEqual(done.returncode, 0)
        self.assertIn("snn/layer.cpp:1: note: 43 lines in one function", done.stdout)

    def test_nothing_to_check_is_an_error(self):
        self.assertEqual(self.run_script("scripts/check_layers.py", self.root).returncode, 2)


if __name__ == "__main__":
    unittest.main()
