"""Installs a build into a folder of its own and links it from another CMake project.

  test_package.py BUILD_DIR CMAKE CXX_COMPILER
"""

import functools
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

from run_paths import look

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2]))
from tests.support.tones import RATE, make_model, tone, write_wav  # noqa: E402

CONSUMER = pathlib.Path(__file__).resolve().parent / "consumer"


def run(*command):
    return subprocess.run([str(each) for each in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="ossicle-package-")
        cls.addClassCleanup(folder.cleanup)
        cls.root = pathlib.Path(folder.name)
        cls.must("the installation", cmake, "--install", build_dir, "--prefix", cls.root / "prefix")

    @classmethod
    def must(cls, what, *command):
        result = run(*command)
        if result.returncode != 0:
            raise AssertionError(f"{what} ended with {result.returncode}:\n{result.stdout}")
        return result.stdout

    @classmethod
    @functools.cache
    def model(cls):
        folder = cls.root / "tones"
        folder.mkdir()
        return make_model(cls.root / "prefix" / "bin", folder)

    def configure(self, source, name):
        return run(cmake, "-S", source, "-B", self.root / name, f"-DCMAKE_PREFIX_PATH={self.root / 'prefix'}",
                   f"-DCMAKE_CXX_COMPILER={compiler}", "-DCMAKE_BUILD_TYPE=Release")

    def configure_text(self, name, *lines):
        source = self.root / f"{name}-source"
        source.mkdir()
        head = ["cmake_minimum_required(VERSION 3.25)", f"project({name} LANGUAGES CXX)"]
        (source / "CMakeLists.txt").write_text("\n".join([*head, *lines]) + "\n")
        return self.configure(source, name)

    def test_a_project_links_and_runs(self):
        result = self.configure(CONSUMER, "consumer")
        self.assertEqual(result.returncode, 0, result.stdout)
        self.must("the consumer's build", cmake, "--build", self.root / "consumer")
        ran = run(self.root / "consumer" / "consumer")
        self.assertEqual(ran.returncode, 0, ran.stdout)
        cochleagram, cpu, cuda = ran.stdout.splitlines()
        self.assertEqual(cochleagram, "cochleagram: 100 78")
        # Current 2 fires at each of nine steps; current 0.6 brings the potential to 0.6, 0.9, 1.05 and so at each third.
        self.assertEqual(cpu, "cpu: 9 3")
        if cuda != "cuda: 9 3":
            self.assertTrue(cuda.startswith("cuda refused: "), cuda)
            # A library that was built is found, and it is the device that is missing.
            has_library = any((self.root / "prefix").rglob("libossicle_cuda.so"))
            self.assertEqual("built without the CUDA back end" in cuda, not has_library, cuda)
            self.assertNotIn("cannot be loaded", cuda)
            self.assertNotIn("is in none of", cuda)

    def test_the_examples_are_built_and_recognise(self):
        found = list((self.root / "prefix").rglob("examples/CMakeLists.txt"))
        self.assertEqual(len(found), 1)
        result = self.configure(found[0].parent, "examples")
        self.assertEqual(result.returncode, 0, result.stdout)
        self.must("the examples' build", cmake, "--build", self.root / "examples")
        model, samples, recording = self.model(), tone(310), self.root / "word.wav"
        write_wav(recording, [0.0] * RATE + samples + [0.0] * (RATE // 2))
        in_c = subprocess.run([self.root / "examples" / "recognise", model], input=struct.pack(f"<{len(samples)}f", *samples),
                              stdout=subprocess.PIPE, check=True)
        self.assertTrue(in_c.stdout.startswith(b"low\t"), in_c.stdout)
        self.assertRegex(self.must("listen", self.root / "examples" / "listen", model, recording), r"^(0\.9|1\.0)\d+\t1\.\d+\tlow\n$")
        refused = run(self.root / "examples" / "listen", model, "/no/such/recording")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("/no/such/recording", refused.stdout)

    def test_the_c_library_is_enough_for_a_program_in_c(self):
        source = CONSUMER.parents[2] / "tools" / "recogniser" / "examples" / "recognise.c"
        program, prefix = self.root / "in_c", self.root / "prefix"
        (library,) = prefix.rglob("libossicle.so")
        self.must("cc", "cc", "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", source, "-o", program, "-I",
                  prefix / "include" / "ossicle", "-L", library.parent, "-lossicle", f"-Wl,-rpath,{library.parent}")
        refused = run(program, "/no/such/model")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("/no/such/model", refused.stdout)
        needed = self.must("readelf", "readelf", "--dynamic", program)
        self.assertIn("[libossicle.so.1]", needed)
        self.assertNotIn("libstdc++", needed)

    def test_python_finds_the_library(self):
        (module,) = (self.root / "prefix").rglob("ossicle.py")
        lines = (f"import sys; sys.path.insert(0, {str(module.parent)!r})", "import ossicle, numpy",
                 f"print(ossicle.Recogniser({str(self.model())!r})(numpy.array({tone(310)}), {RATE}).label)")
        program = self.root / "program.py"
        program.write_text("\n".join(lines))
        self.assertEqual(self.must("Python", sys.executable, "-B", program), "low\n")

    def test_only_language_and_folder_are_asked_of_a_project(self):
        result = self.configure_text(
            "flags", "find_package(ossicle 0.1 REQUIRED COMPONENTS snn)",
            "get_target_property(links ossicle::snn INTERFACE_LINK_LIBRARIES)",
            "get_target_property(options ossicle::snn INTERFACE_COMPILE_OPTIONS)",
            "get_target_property(more_options ossicle::headers INTERFACE_COMPILE_OPTIONS)",
            'list(FILTER links EXCLUDE REGEX "LINK_ONLY")', 'message(STATUS "asked: ${links} ${options} ${more_options}")')
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertIn("asked: ossicle::headers options-NOTFOUND more_options-NOTFOUND", result.stdout)

    def test_the_network_alone_looks_for_no_sound_library(self):
        no_sound = [f"set(CMAKE_DISABLE_FIND_PACKAGE_{each} ON)" for each in ("LibArchive", "PkgConfig")]
        alone = self.configure_text("alone", *no_sound, "find_package(ossicle 0.1 REQUIRED COMPONENTS snn)")
        self.assertEqual(alone.returncode, 0, alone.stdout)
        both = self.configure_text("both", *no_sound, "find_package(ossicle 0.1 REQUIRED)")
        self.assertNotEqual(both.returncode, 0, both.stdout)

    def test_libraries_are_never_looked_for_in_the_working_folder(self):
        n_files, findings = look(self.root / "prefix")
        self.assertGreater(n_files, 0)
        self.assertEqual(findings, [])

    def test_building_all_tools_is_enough_for_an_installation(self):
        if not shutil.which("ninja") or not (pathlib.Path(build_dir) / "build.ninja").exists():
            self.skipTest("a build of another generator")
        graph = self.must("ninja", "ninja", "-C", build_dir, "-t", "graph", "tools/all")
        names = {pathlib.PurePath(each).name for each in re.findall(r'label="([^"]*)"', graph)}
        installed = {path.name for path in (self.root / "prefix").rglob("*")
                     if path.is_file() and (path.parent.name in ("bin", "bash", "completions", "site-functions", "vendor_completions.d", "man1")
                                            or path.suffix in (".a", ".so"))}
        self.assertGreater(len(installed), 8)
        self.assertEqual(installed - names, set())

    def test_what_is_not_there_is_refused(self):
        for name, wanted in (("newer", "0.2"), ("older", "0.0.9"), ("ear", "0.1 COMPONENTS ear")):
            result = self.configure_text(name, f"find_package(ossicle {wanted} REQUIRED)")
            self.assertNotEqual(result.returncode, 0, f"{wanted}\n{result.stdout}")


if __name__ == "__main__":
    build_dir, cmake, compiler = sys.argv[1:4]
    unittest.main(argv=sys.argv[:1])
