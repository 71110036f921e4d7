"""Where the panels of a figure lie: in pixels, or in characters of text."""

import shutil
from dataclasses import dataclass


@dataclass(frozen=True)
class Metrics:
    """Lengths around the panels, in pixels or characters; `per_line`: pixels of a panel's height for each of these."""

    width: int
    char: float
    left: float  # of a panel, for the texts of its ticks and its label
    title: float  # above
    axis: float  # below, for the texts of its ticks and its label
    frame: float  # below, without these texts
    bar: float  # right, for the colours of an image
    edge: float  # from the middle of a label to the edge
    per_line: float


GRAPHIC = Metrics(960, 7.4, 84, 38, 54, 16, 92, 12, 1)


def of_terminal():
    columns = shutil.get_terminal_size((100, 24)).columns
    return Metrics(max(60, min(columns, 200)), 1, 12, 2, 3, 1, 2, 0.5, 22)


def longest_of(ticks):
    return max((len(text) for _, text in ticks or ()), default=0)


class Layout:
    """`width` and `total`, the height, of the figure; `left` and `right`, the margins; `heights` of the panels."""

    def __init__(self, figure, is_text):
        self.is_text, self.metrics = is_text, of_terminal() if is_text else GRAPHIC
        panels, m = figure.panels, self.metrics
        self.left = max(m.left, *((longest_of(panel.yticks) + 6) * self.char_of(panel) for panel in panels), 0)
        self.right = max(2 * m.char, *map(self.beside, panels), 0)
        self.width = m.width
        if panels[0].square and not is_text:  # with room for the title, which is bold
            self.right = max(self.right, 1.15 * m.char * len(panels[0].title) - panels[0].height)
            self.width = self.left + panels[0].height + self.right
        self.heights = [self.height_of(panel) for panel in panels]
        self.total = sum(self.heights) + sum(m.title + self.below(panel) for panel in panels)

    def char_of(self, panel):
        return self.metrics.char * (0.85 if panel.small else 1)

    def beside(self, panel):
        """Room right of a panel: for its legend, or the colours of its image."""
        longest = max((len(series.title) for series in panel.series), default=0)
        bar = self.metrics.bar if panel.image and panel.image.bar else 0
        return max((longest + 6) * self.metrics.char if longest else 0, bar)

    def below(self, panel):
        """Room under a panel."""
        if not panel.xlabel:
            return self.metrics.frame
        is_upright = panel.upright and not self.is_text
        upright = longest_of(panel.xticks) * self.char_of(panel) - self.metrics.char if is_upright else 0
        return self.metrics.axis + max(upright, 0)

    def height_of(self, panel):
        """In text a line for each class, so that each has its name."""
        lines = round(panel.height / self.metrics.per_line)
        return max(lines, len(panel.yticks or ()) + 2) if self.is_text else lines

    def columns(self):
        """Of a panel in text, without its frame."""
        return int(self.width - self.left - self.right) - 1

    def has_labels(self, panel):
        """Whether its labels stand apart: in text they may not."""
        longest = max((len(text) for _, _, text, _ in panel.labels), default=0)
        apart = not self.is_text or (longest + 1) * (panel.x[1] - panel.x[0]) <= self.columns()
        return bool(panel.labels) and apart
