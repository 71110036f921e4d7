"""Figures: what gnuplot is told, and what it draws."""

import os
import re
import struct
import unittest

from samples import CONFUSION, Folder, Picture, need_gnuplot

from figure import COLOURS, Figure, Image, Panel, Series
from gnuplot import draw, quote


def panel(**more):
    return Panel("A title", 100, (0, 4), (0, 2), "across", "up", **more)


class Gnuplot(Folder):
    def test_without_gnuplot_its_package_is_named(self):
        self.put("c.csv", CONFUSION)
        self.refused(
            "gnuplot: not found on PATH, wanted for every picture; install it, on Debian: apt-get install gnuplot-nox",
            "c.csv",
            env={"PATH": "/nowhere"},
        )

    def test_what_gnuplot_says_is_passed_on(self):
        self.put("c.csv", CONFUSION)
        bad = self.folder / "bin" / "gnuplot"
        bad.parent.mkdir()
        bad.write_text("#!/bin/sh\necho 'no such terminal' >&2\nexit 3\n")
        bad.chmod(0o755)
        self.refused(
            "gnuplot ended with 3, wanted a picture; it said: no such terminal",
            "c.csv",
            env={"PATH": f"{bad.parent}:{os.environ['PATH']}"},
        )

    def test_no_text_is_a_command(self):
        need_gnuplot(self)
        evil = 'it\'s `touch gone` $(touch gone) @x %s \\n "q" {/Bold b} a_b ä & <c>'
        self.assertEqual(quote("it's"), "'it''s'")
        figure = Figure(
            evil,
            [
                panel(
                    series=[Series([(0, 0), (1, 1)], title=evil)],
                    yticks=[(1, evil[:40])],  # gnuplot cuts longer ones
                    labels=[(1, 1, evil, "#222222")],
                )
            ],
        )
        drawn = Picture(draw(figure, "svg"))
        self.assertEqual((drawn.texts.count(evil), drawn.texts.count(evil[:40])), (2, 1))
        self.assertEqual(drawn.root.find("{http://www.w3.org/2000/svg}title").text, evil)
        self.assertFalse(os.path.exists("gone"))

    def test_svg_has_every_series_tick_and_label(self):
        need_gnuplot(self)
        figure = Figure(
            "t",
            [
                panel(
                    series=[
                        Series([(0, 0), (1, 1), None, (2, 1), (3, 2)], title="one"),
                        Series([(1, 1), (2, 1)], "ticks", COLOURS[1]),
                    ],
                    xticks=[(1, "first"), (3, "third")],
                ),
                panel(image=Image([[0, 1], [1, 0.5]], 1, bar="how much")),
            ],
        )
        drawn = Picture(draw(figure, "svg"))
        for text in ("A title", "across", "up", "one", "first", "third", "how much"):
            self.assertIn(text, drawn.texts)
        self.assertEqual(len(drawn.plots()), 3)
        self.assertEqual(len(drawn.images), 1)
        self.assertEqual(drawn.segments((0, 114, 178)), 2 + 1)  # with its gap, and in the legend
        self.assertEqual(drawn.segments((213, 94, 0)), 2)
        self.assertEqual(
            (drawn.root.get("width"), drawn.root.get("height").rstrip("px")), ("960", str(2 * (100 + 38 + 54)))
        )

    def test_png_is_twice_as_fine(self):
        need_gnuplot(self)
        data = draw(Figure("t", [panel(series=[Series([(0, 0), (1, 1)])])]), "png")
        self.assertEqual(struct.unpack(">II", data[16:24]), (2 * 960, 2 * (100 + 38 + 54)))

    def test_text_shades_an_image_and_marks_spikes(self):
        need_gnuplot(self)
        rows = [[0] * 4, [0.5] * 4, [1] * 4]
        figure = Figure("t", [panel(image=Image(rows, 1)), panel(series=[Series([(1, 0.5)], "ticks")])])
        text = draw(figure, "text").decode()
        shaded = [line.split("|")[1] for line in text.split("\n") if re.search(r"\|[ +@]{10,}\|", line)]
        self.assertEqual([set(line) for line in (shaded[0], shaded[-1])], [{" "}, {"@"}])
        self.assertTrue(any(set(line) == {"+"} for line in shaded))
        self.assertRegex(text, r"\|[ +-]+\|[ +-]+\|")
        self.assertIn("across", text)
        self.assertLessEqual(max(map(len, text.split("\n"))), 100)


if __name__ == "__main__":
    unittest.main()
