"""Room for the texts around the panels."""

import re
import unittest
from unittest import mock

from samples import Picture, need_gnuplot

import layout
from figure import Figure, Panel, Series
from gnuplot import draw

NAME = "a name of thirty characters 30"


def figure(**more):
    return Figure("t", [Panel("Title", 100, (0, 4), (0, 2), "across", "up", **more)])


class Layout(unittest.TestCase):
    def test_long_names_have_room(self):
        need_gnuplot(self)
        drawn = Picture(draw(figure(series=[Series([(0, 0), (1, 1)], title=NAME)], yticks=[(1, NAME)]), "svg"))
        frames = [
            path.get("d")
            for path in drawn.root.iter("{http://www.w3.org/2000/svg}path")
            if path.get("stroke") == "rgb( 68,  68,  68)"
        ]
        edges = [float(x) for d in frames for x in re.findall(r"[ML]([\d.]+),", d)]
        self.assertGreater(min(edges), 7 * len(NAME))
        self.assertLess(max(edges), 960 - 7 * len(NAME))

    def test_upright_names_have_room_below(self):
        flat, upright = (layout.Layout(figure(xticks=[(1, NAME)], upright=on), False) for on in (False, True))
        self.assertGreater(upright.total - flat.total, 6 * len(NAME))

    def test_a_square_is_as_wide_as_high_and_its_title_fits(self):
        found = layout.Layout(figure(square=True), False)
        self.assertAlmostEqual(found.width - found.left - found.right, 100)
        wide = figure(square=True)
        wide.panels[0].title = "A title that is far longer than the panel is wide"
        found = layout.Layout(wide, False)
        self.assertGreater(found.width - found.left, 8 * len(wide.panels[0].title))

    def test_text_is_as_wide_as_the_terminal_within_reason(self):
        for columns, wanted in ((72, 72), (20, 60), (500, 200)):
            with mock.patch("layout.shutil.get_terminal_size", return_value=mock.Mock(columns=columns)):
                self.assertEqual(layout.of_terminal().width, wanted)

    def test_labels_are_shown_in_text_only_where_they_stand_apart(self):
        labels = [(1, 1, "1234567890", "#222222")]
        with mock.patch("layout.shutil.get_terminal_size", return_value=mock.Mock(columns=100)):
            self.assertTrue(layout.Layout(figure(labels=labels), True).has_labels(figure(labels=labels).panels[0]))
            crowded = figure(labels=labels)
            crowded.panels[0].x = (0, 40)
            self.assertFalse(layout.Layout(crowded, True).has_labels(crowded.panels[0]))
            self.assertTrue(layout.Layout(crowded, False).has_labels(crowded.panels[0]))


if __name__ == "__main__":
    unittest.main()
