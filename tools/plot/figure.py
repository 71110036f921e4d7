"""What a figure is made of: panels one below the other, each with its axes, lines, image and texts."""

import math
from dataclasses import dataclass, field

# Okabe and Ito's colours, which the colour-blind can tell apart; their yellow is too light for a line on white.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
GREY = "#999999"
INK = "#111111"


@dataclass
class Series:
    """`points` (x, y), None where the line has a gap. `style`: lines, steps, points, or ticks: from each point a mark of
    height 0.8 upwards."""

    points: list
    style: str = "lines"
    colour: str = COLOURS[0]
    title: str = ""
    dash: int = 1
    width: float = 2.0


@dataclass
class Image:
    """`rows` [row][column] of 0..high, row 0 at y = 0; a column is `dx` wide, a row 1. `bar`: the label of a bar of the
    colours. `least`: what is more has a shade in text, however faint."""

    rows: list
    high: float
    dx: float = 1.0
    bar: str = ""
    least: float = math.inf


@dataclass
class Panel:
    """`height` in pixels; `x` and `y` are the ranges of the axes. Ticks: [(position, text)], None where gnuplot shall find
    them; without an xlabel those below have no texts. `labels`: [(x, y, text, colour)], centred. `upright`: the texts below.
    `square`: as wide as high. `small`: the texts of ticks and labels."""

    title: str
    height: int
    x: tuple
    y: tuple
    xlabel: str = ""
    ylabel: str = ""
    series: list = field(default_factory=list)
    image: Image = None
    xticks: list = None
    yticks: list = None
    labels: list = field(default_factory=list)
    upright: bool = False
    square: bool = False
    small: bool = False


@dataclass
class Figure:
    title: str
    panels: list
