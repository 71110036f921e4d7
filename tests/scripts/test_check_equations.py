"""check_equations.py on a good small tree, and on that tree with one link cut at a time."""

import unittest

from tree import TreeTest

SNN_TABLE = """\
    | tag | in code | file | function | test |
    |---|---|---|---|---|
    | `[ScSr Eq. 5]` | `s` | `snn/neuron/lif.h` | `fires` | `tests/snn/neuron/test_lif.cpp` |
    | `[C reset]` | `u` | `neuron/lif.h` | `carried` | by hand |
"""
FRONTEND_TABLE = """\
    | tag | file |
    |---|---|
    | [Lyon sec. 2] | lyon/design.h |
"""
LIF = """\
    /// Fires above the threshold. [ScSr Eq. 5]
    bool fires(double u[N + 2], double v_th);  // [T by N]
    /// [C reset]
    double carried(double u);
"""
TEST_LIF = """\
    TEST_CASE("a neuron fires above its threshold [ScSr Eq. 5]") {}
    TEST_CASE("a spike resets the potential [C"
              " reset]", "[lif]") {}
"""
GOOD = {
    "snn/EQUATIONS.md": SNN_TABLE,
    "frontend/EQUATIONS.md": FRONTEND_TABLE,
    "snn/neuron/lif.h": LIF,
    "snn/scan/psc_scan.h": "/// Fires. [ScSr Eq. 5]\n",
    "frontend/lyon/design.h": "/// [Lyon sec. 2] Channels.\n",
    "tests/snn/neuron/test_lif.cpp": TEST_LIF,
    "tests/frontend/lyon/test_design.cpp": 'TEST_CASE("channels", "[Lyon sec. 2]") {}\n',
}

# The file, what is replaced in it by what, and what the finding says.
BROKEN = (
    ("snn/neuron/lif.h", "[ScSr Eq. 5]", "", "[ScSr Eq. 5] does not stand in snn/neuron/lif.h"),
    ("snn/neuron/lif.h", "bool fires", "bool spikes", "fires does not stand in snn/neuron/lif.h"),
    ("tests/snn/neuron/test_lif.cpp", " reset]", "]", "[C reset] stands in no test name"),
    ("tests/frontend/lyon/test_design.cpp", 'TEST_CASE("channels", "[Lyon sec. 2]")', "// [Lyon sec. 2]", "[Lyon sec. 2] stands in no test name"),
    ("snn/neuron/lif.h", "[T by N]", "[ScSr Eq. 6]", "snn/neuron/lif.h:2: [ScSr Eq. 6] has no row"),
    ("snn/scan/psc_scan.h", "[ScSr Eq. 5]", "[ScSr Eq. 7]", "snn/scan/psc_scan.h:1: [ScSr Eq. 7] has no row"),
    ("frontend/lyon/design.h", "Channels.", "Channels. [Slaney p. 3]", "frontend/lyon/design.h:1: [Slaney p. 3] has no row"),
    ("snn/EQUATIONS.md", "neuron/lif.h` | `carried", "neuron/leaky.h` | `carried", "neuron/leaky.h: no such file"),
    ("snn/EQUATIONS.md", "`neuron/lif.h` | `carried` |", " | |", "the row names no source file"),
)


class CheckEquations(TreeTest):
    def check(self, files):
        self.write(files)
        return self.run_script("scripts/check_equations.py", self.root)

    def test_good_tree_has_no_findings(self):
        done = self.check(GOOD)
        self.assertEqual((done.returncode, done.stdout), (0, "3 tags stand in table, source and test\n"))

    def test_each_cut_link_is_found(self):
        for path, old, new, message in BROKEN:
            with self.subTest(path=path, message=message):
                self.assertIn(old, GOOD[path])
                done = self.check({**GOOD, path: GOOD[path].replace(old, new)})
                self.assertEqual(done.returncode, 1, done.stdout)
                self.assertIn(message, done.stdout)

    def test_a_tag_tested_elsewhere_than_the_row_says_is_found(self):
        elsewhere = {
            "tests/snn/neuron/test_lif.cpp": GOOD["tests/snn/neuron/test_lif.cpp"].replace("[ScSr Eq. 5]", ""),
            "tests/snn/test_other.cpp": 'TEST_CASE("other [ScSr Eq. 5]") {}\n',
        }
        done = self.check({**GOOD, **elsewhere})
        self.assertEqual(done.returncode, 1)
        self.assertIn("[ScSr Eq. 5] stands in no test name of tests/snn/neuron/test_lif.cpp", done.stdout)

    def test_a_missing_table_is_found(self):
        files = dict(GOOD)
        del files["frontend/EQUATIONS.md"]
        done = self.check(files)
        self.assertEqual(done.returncode, 1)
        self.assertIn("frontend/EQUATIONS.md:0: no such table", done.stdout)

    def test_nothing_to_check_is_an_error(self):
        self.assertEqual(self.run_script("scripts/check_equations.py", self.root).returncode, 2)


if __name__ == "__main__":
    unittest.main()
