"""What the tools draw on a terminal while they work. Usage: test_progress.py FOLDER_OF_THE_TOOLS"""

import fcntl
import os
import pathlib
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import unittest

TOOLS = pathlib.Path(sys.argv.pop() if len(sys.argv) > 1 else ".").resolve()
sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent.parent))
from tests.support.tones import sine, write_wav  # noqa: E402

N_RECORDINGS = 30
ERASE = b"\r\x1b[K"


class Terminal:
    """A pseudo-terminal for the standard error of commands, which keeps all that was written to it."""

    def __init__(self, columns):
        self.ours, self.theirs = pty.openpty()
        self.resize(columns)
        self.parts = []
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def resize(self, columns):
        fcntl.ioctl(self.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    def read(self):
        try:
            while part := os.read(self.ours, 65536):
                self.parts.append(part)
        except OSError:  # the other side is closed
            pass

    def close(self):
        os.close(self.theirs)
        self.reader.join()
        os.close(self.ours)
        return b"".join(self.parts)

    def after(self, begin):
        """What came after so many parts, once something has come and then nothing for a while."""
        n_parts = begin
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            time.sleep(0.3)
            if begin < n_parts == len(self.parts):
                break
            n_parts = len(self.parts)
        return b"".join(self.parts[begin:])


def drawn(said):
    """The lines that were drawn, without the messages between them."""
    return [text.decode() for text in said.split(ERASE) if text and b"\n" not in text]


class ToolsOnATerminal(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.env = dict(os.environ, PATH=f"{TOOLS}:{os.environ['PATH']}")
        lines = ["path\tlabel\tspeaker\tkey"]
        for i in range(N_RECORDINGS):
            write_wav(cls.folder / f"{i}.wav", sine(130 + 250 * (i % 3), 2000 + 50 * i, 8000), 8000)
            lines.append(f"{i}.wav\t{'abc'[i % 3]}\ts\tr{i}")
        for i in range(2):
            (cls.folder / f"{i}.txt").write_text("0 0.001\n3 0.5\n")
        (cls.folder / "list.tsv").write_text("\n".join(lines) + "\n")
        for command in (
            "ossicle-lyon --list list.tsv --root . -o s.tar",
            "ossicle-train s.tar --hidden 5 --no-skip --epochs 1 --threads 1 -o m",
            "ossicle-encode s.tar -o spikes.tar",
            "ossicle-train spikes.tar --hidden 5 --no-skip --epochs 1 --threads 1 -o of_spikes",
        ):
            subprocess.run(f"{command} -q", shell=True, check=True, cwd=cls.folder, env=cls.env)

    def run_on(self, columns, command, **env):
        """What a line of the shell says on a terminal of so many columns."""
        terminal = Terminal(columns)
        (self.folder / "out").unlink(missing_ok=True)  # no tool replaces another kind of file
        done = subprocess.run(command, shell=True, cwd=self.folder, env=dict(self.env, **env), stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=terminal.theirs, check=False)
        said = terminal.close()
        self.assertIn(done.returncode, (0, 1), said)
        return said

    def check_fits(self, said, columns):
        lines = drawn(said)
        self.assertTrue(lines, said)
        for line in lines:
            self.assertLess(len(line), columns, line)
            self.assertRegex(line, r"^[ -~]*$")
        # At the end nothing is left in the line.
        self.assertRegex(said.split(ERASE)[-1], rb"^$|\n$")
        return lines

    def test_every_tool_draws_and_fits(self):
        for command, first in (
            ("ossicle-lyon --list list.tsv --root . -o out", "0 of 30 recordings [.]  0 %"),
            ("ossicle-encode s.tar -o out", "0 records"),
            ("ossicle-encode --shard 1/2 s.tar -o out", "0 of 15 records [.]  0 %"),
            ("ossicle-rebin --bin-ms 100 spikes.tar -o out", "0 recordings"),
            ("ossicle-rebin --time-unit s --input-channels 4 0.txt 1.txt -o out", "0 of 2 recordings [.]  0 %"),
            ("ossicle-convert s.tar --to npz -o out", "0 records"),
            ("ossicle-eval m s.tar", "0 records"),
            ("ossicle-predict m 0.wav 1.wav", "0 of 2 inputs [.]  0 %"),
        ):
            for columns in (80, 50):
                with self.subTest(command=command, columns=columns):
                    lines = self.check_fits(self.run_on(columns, command), columns)
                    self.assertEqual(re.sub(r"\.+\]", ".]", lines[0]), first)

    def test_training_fits(self):
        command = "ossicle-train s.tar --preset plain --hidden 50,50,50 --batch 3 --epochs 20 --threads 1 --overwrite -o n"
        lines = self.check_fits(self.run_on(80, command), 80)
        self.assertTrue(any(re.fullmatch(
            r"epoch \d+/20 \[[#.]+\]  batch \d+/10  loss \S+  accuracy \S+ %  \S+ left", line) for line in lines), lines)
        lines = self.check_fits(self.run_on(50, command), 50)
        self.assertTrue(any(re.fullmatch(r"epoch \d+/20 .*accuracy \S+ %  \S+ left", line) for line in lines), lines)

    def test_a_resized_terminal_is_followed(self):
        stream = (self.folder / "s.tar").read_bytes()
        terminal = Terminal(80)
        with subprocess.Popen(["ossicle-eval", "--batch", "1", "m"], cwd=self.folder, env=self.env, stdin=subprocess.PIPE,
                              stdout=subprocess.DEVNULL, stderr=terminal.theirs) as tool:
            for columns, begin, end in ((80, 0, 0.3), (9, 0.3, 0.6), (30, 0.6, 1)):
                terminal.resize(columns)
                n_parts = len(terminal.parts)
                tool.stdin.write(stream[int(begin * len(stream)):int(end * len(stream))])
                tool.stdin.flush()
                lines = drawn(terminal.after(n_parts))
                self.assertTrue(lines, columns)
                for line in lines:
                    self.assertLess(len(line), columns, line)
            tool.stdin.close()
            self.assertEqual(tool.wait(), 0)
        terminal.close()

    def test_a_terminal_of_unknown_width(self):
        lines = self.check_fits(self.run_on(0, "ossicle-predict m 0.wav 1.wav", COLUMNS="20"), 20)
        self.assertEqual(lines[0], "0 of 2 inputs  0 %")

    def test_messages_stand_in_lines_of_their_own(self):
        said = self.run_on(80, "ossicle-lyon 0.wav none.wav 1.wav -o out")
        self.assertRegex(said, rb"\r\x1b\[Kossicle-lyon: none.wav: [^\r\n]*\r\n")
        self.assertRegex(said, rb"ossicle-lyon: 2 recordings, [^\r\n]*\r\n$")

    def test_one_program_of_a_pipeline_draws_at_a_time(self):
        said = self.run_on(80, "ossicle-lyon --list list.tsv --root . | ossicle-encode | ossicle-eval of_spikes")
        who = [re.search("recordings|records", line).group() for line in drawn(said)]
        changes = sum(a != b for a, b in zip(who, who[1:]))
        self.assertEqual(who[0], "recordings", who)
        self.assertLessEqual(changes, 1, who)

    def test_nothing_is_drawn_when_quiet_or_without_a_terminal(self):
        for command in ("ossicle-lyon --list list.tsv --root . -o out", "ossicle-eval m s.tar",
                        "ossicle-train s.tar --hidden 5 --no-skip --epochs 2 --threads 1 --overwrite -o n"):
            with self.subTest(command=command):
                self.assertEqual(self.run_on(80, f"{command} -q"), b"")
                piped = subprocess.run(command, shell=True, cwd=self.folder, env=self.env, capture_output=True, check=True)
                self.assertNotRegex(piped.stderr, rb"[\r\x1b]")


if __name__ == "__main__":
    unittest.main()
