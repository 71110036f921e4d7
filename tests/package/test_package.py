"""Installs a build into a folder of its own and links it from another CMake project.

  test_package.py BUILD_DIR CMAKE CXX_COMPILER
"""

import math
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
import wave

from run_paths import look

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

    def make_model(self):
        """A model of two tones, made by the installed tools, and a recording of one of them: samples and file."""
        def tone(hz):
            n = 6400
            voice = ((math.sin(2 * math.pi * f * i / 16000) for f in (150, hz)) for i in range(n))
            return [0.2 * math.sin(math.pi * i / n) * sum(waves) for i, waves in enumerate(voice)]

        def write(path, samples):
            with wave.open(str(path), "wb") as file:
                file.setparams((1, 2, 16000, 0, "NONE", ""))
                file.writeframes(struct.pack(f"<{len(samples)}h", *(round(32767 * x) for x in samples)))

        folder, tools = self.root / "tones", self.root / "prefix" / "bin"
        folder.mkdir()
        lines = ["path\tlabel\tspeaker"]
        for i in range(20):
            write(folder / f"t{i}.wav", tone(300 + i if i % 2 else 1500 + 10 * i))
            lines.append(f"t{i}.wav\t{'low' if i % 2 else 'high'}\tme")
        (folder / "list.tsv").write_text("\n".join(lines) + "\n")
        self.must("ossicle-lyon", tools / "ossicle-lyon", "-q", "--list", folder / "list.tsv", "--root", folder, "-o", folder / "s.tar")
        self.must("ossicle-train", tools / "ossicle-train", "-q", folder / "s.tar", "--preset", "plain", "--hidden", "20,20", "--batch", "5",
                  "--epochs", "10", "-o", folder / "m")
        samples = tone(310)
        write(folder / "word.wav", [0.0] * 16000 + samples + [0.0] * 8000)
        return folder / "m", samples, folder / "word.wav"

    def test_the_examples_are_built_and_recognise(self):
        found = list((self.root / "prefix").rglob("examples/CMakeLists.txt"))
        self.assertEqual(len(found), 1)
        result = self.configure(found[0].parent, "examples")
        self.assertEqual(result.returncode, 0, result.stdout)
        self.must("the examples' build", cmake, "--build", self.root / "examples")
        model, samples, recording = self.make_model()
        in_c = subprocess.run([self.root / "examples" / "recognise", model], input=struct.pack(f"<{len(samples)}f", *samples),
                              stdout=subprocess.PIPE, check=True)
        self.assertTrue(in_c.stdout.startswith(b"low\t"), in_c.stdout)
        self.assertRegex(self.must("listen", self.root / "examples" / "listen", model, recording), r"^(0\.9|1\.0)\d+\t1\.\d+\tlow\n$")
        refused = run(self.root / "examples" / "listen", model, "/no/such/recording")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("/no/such/recording", refused.stdout)

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
