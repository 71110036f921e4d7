"""Help, version, and what is no option."""

import unittest

from samples import Folder

import command_line


class CommandLine(Folder):
    def test_help_looks_like_that_of_the_other_tools(self):
        out, err = self.plot("--help", stdin=b"")
        lines = out.decode().split("\n")
        self.assertEqual(err, "")
        self.assertEqual(lines[1], "Usage: ossicle-plot [OPTIONS] [INPUT...]")
        self.assertIn("  -o, --output TEXT           File for the picture; -: standard output [-]", lines)
        self.assertIn("  --format {auto,svg,png,text}", lines)
        self.assertTrue(all(line.startswith(" " * 30) or not line.startswith("   ") for line in lines))
        self.assertIn("Example:", lines)

    def test_slips_are_named(self):
        for words, said in (
            (("--ouput", "x"), "--ouput is no option; did you mean --output?"),
            (("--forma=svg",), "--forma=svg is no option"),
            (("--format", "gif"), "invalid choice: 'gif'"),
            (("--worst", "-1"), "--worst"),
            (("--worst", "1e2"), "1e2: wanted a whole number"),
            (("-o", "a", "--output", "b"), "--output: given twice"),
            (("-o",), "-o/--output"),
            (("-", "-"), "-: given twice"),
            (("--html", "--key", "a"), "neither --format nor --key"),
            (("--html", "--worst", "0"), "--worst 0: wanted 1 to 1000"),
            (("--worst", "3"), "with --html only"),
        ):
            with self.subTest(words=words):
                self.refused(said, *words)

    def test_values(self):
        table = (command_line.Option(("-n", "--n-things"), "", "INT", 4), command_line.Option(("--on",), ""))
        found = command_line.parse(
            ["a", "--n-things=7", "b", "--on"], (command_line.Option(("INPUT",), "", "TEXT", ["-"]),), table
        )
        self.assertEqual((found.INPUT, getattr(found, "n-things"), found.on, found.quiet), (["a", "b"], 7, True, False))


if __name__ == "__main__":
    unittest.main()
