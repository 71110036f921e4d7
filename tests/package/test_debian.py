"""Makes the Debian packages of a build and looks into them.

  test_debian.py BUILD_DIR CPACK TOOL...      names of the tools
"""

import gzip
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
LICENCE = (SOURCE / "LICENSE").read_bytes()


def run(*command):
    result = subprocess.run([str(each) for each in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if result.returncode != 0:
        raise AssertionError(f"{command} ended with {result.returncode}:\n{result.stdout}")
    return result.stdout


class Debian(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="ossicle-debian-")
        cls.addClassCleanup(folder.cleanup)
        root = pathlib.Path(folder.name)
        run(cpack, "--config", build_dir / "CPackConfig.cmake", "-G", "DEB", "-B", root / "debs")
        cls.debs = {run("dpkg-deb", "-f", deb, "Package").strip(): deb for deb in sorted((root / "debs").glob("*.deb"))}
        cls.trees = {name: root / name for name in cls.debs}
        for name, deb in cls.debs.items():
            run("dpkg-deb", "-x", deb, cls.trees[name])
        cls.has_cuda = (build_dir / "lib" / "ossicle" / "libossicle_cuda.so").exists()

    def field(self, package, name):
        return run("dpkg-deb", "-f", self.debs[package], name).strip()

    def files(self, package, folder="usr"):
        tree = self.trees[package]
        return {str(path.relative_to(tree / folder)) for path in (tree / folder).rglob("*") if path.is_file() or path.is_symlink()}

    def test_there_is_a_package_for_each_part(self):
        self.assertEqual(set(self.debs), {"ossicle", "libossicle1", "libossicle-dev", "python3-ossicle"} | ({"ossicle-cuda"} if self.has_cuda else set()))
        for package in self.debs:
            self.assertEqual(self.field(package, "Maintainer"), "The Ossicle developers <ossicle@ossicle.invalid>")
            summary, *more = self.field(package, "Description").splitlines()
            self.assertLess(len(summary), 80)
            self.assertGreater(len(more), 1)

    def test_every_tool_comes_with_its_page_and_its_completion(self):
        wanted = {f"bin/{tool}" for tool in tools}
        wanted |= {f"share/{path}" for tool in tools for path in
                   (f"bash-completion/completions/{tool}", f"zsh/site-functions/_{tool}", f"fish/vendor_completions.d/{tool}.fish")}
        if shutil.which("help2man"):
            wanted |= {f"share/man/man1/{tool}.1.gz" for tool in tools}
        documents = {f"share/doc/ossicle/{name}" for name in ("README.md", "RESULTS.md", "copyright", "changelog.gz")}
        self.assertGreater(len(tools), 7)
        self.assertEqual(self.files("ossicle"), wanted | documents)

    def test_programs_ask_for_the_libraries_that_they_need(self):
        needs = self.field("ossicle", "Depends").split(", ")
        for library in ("libc6", "libstdc++6", "libgomp1", "libsndfile1", "libfmt9"):
            self.assertTrue(any(re.fullmatch(rf"{re.escape(library)} \(>= [^)]+\)", need) for need in needs), (library, needs))
        self.assertFalse([need for need in needs if "-dev" in need])

    def test_the_shared_library_and_its_python_module(self):
        version = self.field("libossicle1", "Version")
        documents = {f"share/doc/{package}/{name}" for package in ("libossicle1", "python3-ossicle") for name in ("copyright", "changelog.gz")}
        self.assertEqual((self.files("libossicle1") | self.files("python3-ossicle")) - documents,
                         {f"lib/libossicle.so.1.{version}", "lib/libossicle.so.1", "lib/python3/dist-packages/ossicle.py",
                          "share/lintian/overrides/libossicle1"})
        self.assertIn("libgomp1", self.field("libossicle1", "Depends"))
        for package in ("python3-ossicle", "libossicle-dev"):
            self.assertIn(f"libossicle1 (= {version})", self.field(package, "Depends"))
        self.assertIn("lib/libossicle.so", self.files("libossicle-dev"))

    def test_developers_get_libraries_headers_and_find_package(self):
        files = self.files("libossicle-dev")
        for path in ("lib/libossicle_snn.a", "lib/libossicle_frontend.a", "lib/cmake/ossicle/ossicleConfig.cmake",
                     "include/ossicle/snn/network/network.h", "share/doc/libossicle-dev/copyright"):
            self.assertIn(path, files)
        self.assertFalse([path for path in files if path.startswith("bin/")])

    def test_the_cuda_back_end_goes_with_these_very_tools(self):
        if not self.has_cuda:
            self.skipTest("a build without CUDA")
        self.assertIn("lib/ossicle/libossicle_cuda.so", self.files("ossicle-cuda"))
        needs = self.field("ossicle-cuda", "Depends").split(", ")
        self.assertIn(f"ossicle (= {self.field('ossicle', 'Version')})", needs)
        self.assertTrue(any(need.startswith("libcublas-") for need in needs), needs)

    def test_licence_and_changes(self):
        for package, tree in self.trees.items():
            documents = tree / "usr" / "share" / "doc" / package
            self.assertEqual((documents / "copyright").read_bytes(), LICENCE)
            first = gzip.decompress((documents / "changelog.gz").read_bytes()).decode().splitlines()[0]
            self.assertEqual(first.split(" (")[1].split(")")[0], self.field(package, "Version"))

    def test_no_file_names_the_folder_of_the_build(self):
        for package, tree in self.trees.items():
            found = [path for path in tree.rglob("*") if path.is_file() and str(build_dir).encode() in path.read_bytes()]
            self.assertEqual(found, [], package)

    def test_lintian_has_nothing_to_say(self):
        if not shutil.which("lintian"):
            self.skipTest("no lintian here")
        lines = run("lintian", "--allow-root", "--fail-on", "none", *self.debs.values()).splitlines()
        self.assertEqual([line for line in lines if re.match("[EW]: ", line)], [])


if __name__ == "__main__":
    for program in ("dpkg-deb", "dpkg-shlibdeps"):
        if not shutil.which(program):
            print(f"SKIPPED: no {program} here")
            sys.exit(0)
    build_dir, cpack, tools = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    unittest.main(argv=sys.argv[:1])
