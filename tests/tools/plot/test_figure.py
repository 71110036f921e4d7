"""The colours of figures."""

import unittest

import samples  # noqa: F401  the folder of the modules

from figure import COLOURS, GREY, INK
from gnuplot import PALETTE


def light(colour):
    """Of #rrggbb, as a grey print shows it."""
    return sum(weight * int(colour[at : at + 2], 16) for weight, at in ((0.299, 1), (0.587, 3), (0.114, 5)))


class Figures(unittest.TestCase):
    def test_colours_keep_their_order_in_grey(self):
        lights = [light(colour) for colour in PALETTE]
        self.assertEqual(lights, sorted(lights, reverse=True))
        self.assertGreater(min(a - b for a, b in zip(lights, lights[1:])), 15)

    def test_lines_are_seen_on_white(self):
        self.assertEqual(len({*COLOURS, GREY, INK}), len(COLOURS) + 2)
        self.assertLess(max(light(colour) for colour in (*COLOURS, GREY, INK)), 180)


if __name__ == "__main__":
    unittest.main()
