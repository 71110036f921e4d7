"""Where a picture goes, and what it may replace."""

import os
import stat
import subprocess
import sys
import unittest

from samples import CONFUSION, DET, PROGRAM, Folder, need_gnuplot

import output
from messages import Failure


class Output(Folder):
    def test_a_file_is_whole_or_not_there(self):
        target = self.folder / "a.svg"
        target.write_bytes(b"<?xml old")
        target.chmod(0o640)
        (self.folder / ".a.svg.ossicle-part").write_bytes(b"of a killed run")
        output.write(str(target), b"<?xml new")
        self.assertEqual(target.read_bytes(), b"<?xml new")
        self.assertEqual(stat.S_IMODE(target.stat().st_mode), 0o640)
        self.assertEqual(os.listdir(self.folder), ["a.svg"])
        with self.assertRaises(TypeError):
            output.write(str(target), "no bytes")
        self.assertEqual(target.read_bytes(), b"<?xml new")
        self.assertEqual(os.listdir(self.folder), ["a.svg"])

    def test_a_link_stays_and_its_file_is_replaced(self):
        (self.folder / "link.svg").symlink_to("there.svg")
        output.write(str(self.folder / "link.svg"), b"<?xml")
        self.assertTrue((self.folder / "link.svg").is_symlink())
        self.assertEqual((self.folder / "there.svg").read_bytes(), b"<?xml")

    def test_what_another_run_holds_is_left_alone(self):
        descriptor, hidden = output.take(self.folder, "a.svg")
        other, its_name = output.take(self.folder, "a.svg")
        self.assertEqual((hidden.name, its_name.name), (".a.svg.ossicle-part", ".a.svg.1.ossicle-part"))
        os.close(descriptor)
        os.close(other)

    def test_only_a_file_of_its_kind_is_replaced(self):
        for form, own, other in (
            ("svg", b"<?xml x", b"\x89PNG"),
            ("png", b"\x89PNG", b"<?xml"),
            ("html", b"<!DOCTYPE html>", b"<?xml"),
            ("text", b"\n  Title", b"words"),
        ):
            path = str(self.folder / form)
            for content, may in ((own, True), (b"", True), (other, False)):
                (self.folder / form).write_bytes(content)
                if may:
                    output.require_writable(path, form, [])
                else:
                    self.assertRaisesRegex(
                        Failure, "is another file, and the output is", output.require_writable, path, form, []
                    )

    def test_what_cannot_be_written_is_said_before_the_work(self):
        self.put("c.csv", CONFUSION)
        for target, said in (
            ("", "the name of the output is empty"),
            (".", "is a folder"),
            ("none/a.svg", "folder none does not exist"),
            ("./c.csv", "would replace an input"),
        ):
            with self.subTest(target=target):
                self.refused(said, "c.csv", "--format", "svg", "-o", target)
        self.refused("a.pdf: no picture is known by the ending .pdf; wanted .svg, .png or .txt", "c.csv", "-o", "a.pdf")
        self.refused("a page wants --html", "c.csv", "-o", "a.html")
        self.put("c.txt", DET)
        self.refused("is another file, and the output is a drawing in text", "c.csv", "-o", "c.txt")

    def test_formats_follow_the_name_and_a_closed_pipe_is_no_error(self):
        need_gnuplot(self)
        self.put("c.csv", CONFUSION)
        for name, begin in (("a.svg", b"<?xml"), ("a.PNG", b"\x89PNG\r\n\x1a\n"), ("a.txt", b"\n"), ("a", b"<?xml")):
            self.assertEqual(self.plot("c.csv", "-o", name), (b"", ""))
            self.assertTrue((self.folder / name).read_bytes().startswith(begin), name)
            self.plot("c.csv", "-o", name)  # a second time, over the first
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run(
            [sys.executable, "-B", str(PROGRAM), "c.csv"],
            cwd=self.folder,
            stdout=write,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
        )
        os.close(write)
        self.assertEqual((done.returncode, done.stderr), (0, b""))


if __name__ == "__main__":
    unittest.main()
