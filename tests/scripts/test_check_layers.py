"""check_layers.py on a good small tree, and on that tree with one rule broken at a time."""

import unittest

from tree import TreeTest

GOOD = {
    "frontend/sound/sound_file.h": "#pragma once\n#include <string>\n",
    "frontend/sound/sound_file.cpp": '#include "frontend/sound/sound_file.h"\n\n#include <sndfile.h>\n',
    "frontend/stream/archive.cpp": "#include <archive.h>\n#include <archive_entry.h>\n",
    "frontend/stream/metadata.cpp": "#include <nlohmann/json.hpp>\n",
    "snn/base/hd.h": "#pragma once\n#if defined(__CUDACC__)\n#endif\n",
    "snn/scan/shape.h": "#pragma once\n",
    "snn/base/parallel.h": "#pragma once\n",
    "snn/base/parallel.cpp": '#include "snn/base/parallel.h"\n#include <omp.h>\n#pragma omp parallel for\n',
    "snn/neuron/lif.h": '#pragma once\n#include <cmath>\n#include "snn/base/hd.h"\n',
    "snn/scan/forward.h": '#pragma once\n#include "snn/neuron/lif.h"\n#include "snn/scan/shape.h"\n',
    "snn/backend/backend.h": '#pragma once\n#include "snn/scan/forward.h"\n',
    "snn/backend/cpu/backend.h": '#pragma once\n#include <Eigen/Core>\n#include "snn/backend/backend.h"\n#include "snn/base/parallel.h"\n',
    "snn/backend/make_backend.cpp": '#include "snn/backend/cpu/backend.h"\n',
    "snn/network/layer.h": '#pragma once\n#include "snn/backend/backend.h"\n',
    "snn/network/network.h": '#pragma once\n#include "snn/network/layer.h"\n',
    "snn/train/trainer.h": '#pragma once\n#include "snn/network/network.h"\n',
    "snn/files/model_file.cpp": "#include <nlohmann/json.hpp>\n// std::cout and printf( may stand in a comment\n",
    "tools/train.cpp": '#include <CLI/CLI.hpp>\n#include <unistd.h>\n#include "snn/train/trainer.h"\n#include "frontend/sound/sound_file.h"\n',
    "tools/common/io.cpp": "#include <cstdio>\n",
    "tests/snn/test_cpu.cpp": '#include <catch2/catch.hpp>\n#include "snn/backend/cpu/backend.h"\n',
}

# What is added to which file, and what the finding says.
BROKEN = (
    ("frontend/sound/sound_file.h", '#include "snn/scan/shape.h"', "frontend/ must not include snn/"),
    ("snn/network/network.h", '#include "frontend/sound/sound_file.h"', "snn/ must not include frontend/"),
    ("snn/network/network.h", '#include "tools/train.cpp"', "snn/ must not include tools/"),
    ("frontend/sound/sound_file.h", '#include "sound_file.h"', "write includes from the root"),
    ("frontend/sound/sound_file.h", '#include "frontend/absent.h"', "no such file"),
    ("frontend/sound/sound_file.h", "#include <sndfile.h>", "allowed in frontend/sound/sound_file.cpp only"),
    ("frontend/sound/sound_file.cpp", "#include <fftw3.h>", "allowed in frontend/sound/spectrum.cpp only"),
    ("frontend/sound/sound_file.cpp", "#include <archive.h>", "allowed in frontend/stream/archive.cpp only"),
    ("frontend/stream/archive.cpp", "#include <nlohmann/json.hpp>", "included by 2 files, 1 allowed"),
    ("frontend/sound/sound_file.cpp", "#include <CLI/CLI.hpp>", "allowed in tools/*, scripts/bench/* only"),
    ("snn/network/layer.h", "#include <Eigen/Core>", "allowed in snn/backend/cpu/* only"),
    ("snn/backend/cpu/backend.h", "#include <omp.h>", "allowed in snn/base/parallel.cpp only"),
    ("snn/backend/cpu/backend.h", "#pragma omp parallel for", "OpenMP outside snn/base/parallel.cpp"),
    ("snn/network/layer.h", "#include <boost/any.hpp>", "not a library this project has chosen"),
    ("snn/network/layer.h", "#include <catch2/catch.hpp>", "allowed in tests/ only"),
    ("tests/snn/test_cpu.cpp", 'TEST_CASE("one; two") {', "ctest cannot run it"),
    ("tests/snn/test_cpu.cpp", 'TEST_CASE(\n    "--flag") {', "ctest cannot run it"),
    ("snn/base/hd.h", '#include "snn/scan/shape.h"', "snn/base/ must not include snn/scan/"),
    ("snn/neuron/lif.h", '#include "snn/scan/shape.h"', "snn/neuron/ must not include snn/scan/"),
    ("snn/neuron/lif.h", "#include <vector>", "snn/neuron/ includes"),
    ("snn/scan/forward.h", '#include "snn/backend/backend.h"', "snn/scan/ must not include snn/backend/"),
    ("snn/backend/backend.h", '#include "snn/backend/cpu/backend.h"', "snn/backend/ must not include snn/backend/cpu/"),
    ("snn/backend/cpu/backend.h", '#include "snn/network/layer.h"', "snn/backend/cpu/ must not include snn/network/"),
    ("snn/network/network.h", '#include "snn/backend/cpu/backend.h"', "snn/network/ must not include snn/backend/cpu/"),
    ("snn/network/network.h", '#include "snn/train/trainer.h"', "snn/network/ must not include snn/train/"),
    ("snn/train/trainer.h", '#include "snn/backend/cpu/backend.h"', "snn/train/ must not include snn/backend/cpu/"),
    ("snn/files/model_file.cpp", '#include "snn/backend/cpu/backend.h"', "snn/files/ must not include snn/backend/cpu/"),
    ("frontend/stream/archive.cpp", '#include "frontend/sound/sound_file.h"', "frontend/stream/ must not include frontend/sound/"),
    ("tools/common/io.cpp", '#include "tools/train.cpp"', "tools/common/ must not include tools/"),
    ("snn/network/layer.h", "#ifdef OSSICLE_CUDA", "a branch on CUDA"),
    ("snn/network/layer.h", "void f() { std::cerr << 1; }", "never prints"),
    ("snn/network/layer.h", 'void f() { printf("x"); }', "never prints"),
    ("frontend/sound/sound_file.cpp", "void f() { std::exit(1); }", "never prints"),
    ("frontend/sound/sound_file.h", "int i;\n" * 300, "303 lines; split the file"),
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

    def test_a_file_outside_the_rooms(self):
        done = self.check({**GOOD, "snn/loose.h": '#pragma once\n#include "snn/base/hd.h"\n'})
        self.assertIn("snn/loose.h:0: snn/ has rooms", done.stdout)

    def test_a_long_function_is_a_note(self):
        body = "int f(int i) {\n" + "  ++i;\n" * 40 + "  return i;\n}\n"
        done = self.check({**GOOD, "snn/network/layer.cpp": body})
        self.assertEqual(done.returncode, 0)
        self.assertIn("snn/network/layer.cpp:1: note: 43 lines in one function", done.stdout)

    def test_nothing_to_check_is_an_error(self):
        self.assertEqual(self.run_script("scripts/check_layers.py", self.root).returncode, 2)


if __name__ == "__main__":
    unittest.main()
