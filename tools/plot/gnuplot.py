"""Figures drawn by gnuplot as SVG, PNG or text."""

import shutil
import subprocess
from xml.sax.saxutils import escape

from layout import Layout, longest_of
from messages import Failure

# From white to nearly black by way of red, as datasets/synthetic/picture has it: each is darker than the one before, so that
# the order survives in grey and for the colour-blind.
PALETTE = ("#ffffff", "#fed98e", "#f08246", "#be3250", "#64145f", "#140828")
SHADES = " .:-=+*#%@"  # the same in text


def quote(text):
    """Of gnuplot: nothing within single quotes means anything but the quote."""
    return "'" + str(text).replace("'", "''") + "'"


def draw(figure, form):
    """Bytes of an SVG or PNG file, or of text. Failure where there is no gnuplot, or it draws nothing."""
    drawn = run(Script(figure, form).text())
    if form == "svg":
        return finished_svg(drawn, figure.title)
    return text_without_margin(drawn) if form == "text" else drawn


class Script:
    """What gnuplot is told."""

    def __init__(self, figure, form):
        self.figure, self.form, self.is_text = figure, form, form == "text"
        self.layout = Layout(figure, self.is_text)

    def text(self):
        at, m = self.layout, self.layout.metrics
        lines, top = ["set encoding utf8", f"set terminal {self.terminal()} noenhanced", "set multiplot"], 0
        for panel, height in zip(self.figure.panels, at.heights):
            top += m.title
            lines += self.panel_lines(panel, 1 - top / at.total, 1 - (top + height) / at.total, height)
            top += height + at.below(panel)
        return "\n".join([*lines, "unset multiplot", ""])

    def terminal(self):
        width, height = round(self.layout.width), round(self.layout.total)
        if self.form == "svg":
            return f"svg size {width},{height} fixed font 'sans-serif,13' background 'white'"
        if self.form == "png":  # twice as fine
            scales = "fontscale 2 linewidth 2 pointscale 2"
            return f"pngcairo size {2 * width},{2 * height} font 'sans,10' {scales} rounded"
        return f"dumb size {width},{height}"

    def panel_lines(self, panel, upper, lower, height):
        """`upper` and `lower` as shares of the figure, from its bottom."""
        at, m = self.layout, self.layout.metrics
        left, right = at.left / at.width, 1 - at.right / at.width
        yield "reset"
        yield f"set lmargin at screen {left:.6f}; set rmargin at screen {right:.6f}"
        yield f"set tmargin at screen {upper:.6f}; set bmargin at screen {lower:.6f}"
        yield f"set xrange [{panel.x[0]:.9g}:{panel.x[1]:.9g}]; set yrange [{panel.y[0]:.9g}:{panel.y[1]:.9g}]"
        look = "0,1 left" if self.is_text else "0,0.9 left font ':Bold'"
        yield f"set label {quote(panel.title)} at graph 0, graph 1 offset character {look}"
        # At the edges, where there is room: gnuplot would guess how long the texts of the ticks are.
        if panel.ylabel:
            yield f"set label {quote(panel.ylabel)} at screen {m.edge / at.width:.6f}, graph 0.5 center rotate by 90"
        if panel.xlabel:
            y = lower - (at.below(panel) - m.edge) / at.total
            yield f"set label {quote(panel.xlabel)} at graph 0.5, screen {y:.6f} center"
        yield from self.tick_lines(panel)
        if not self.is_text:
            yield "set border 15 lc rgb '#444444'; set tics out nomirror scale 0.5 textcolor rgb '#222222'"
            yield "unset grid" if panel.image else "set grid lt 1 lw 0.5 lc rgb '#d0d0d0'"
        yield f"set key at screen {right + m.char / at.width:.6f}, screen {upper:.6f} left top Left reverse samplen 1.5"
        yield from self.label_lines(panel)
        plots = [*self.image_plots(panel, right, upper, lower, height), *self.series_plots(panel)]
        yield from (line for lines, _ in plots for line in lines)
        yield "plot " + ", ".join([plot for _, plot in plots if plot] or ["NaN notitle"])

    def tick_lines(self, panel):
        small = " font ',10'" if panel.small and not self.is_text else ""
        upright = " rotate by 90 right" if panel.upright and not self.is_text else ""
        for axis, ticks, shown, turned in (("x", panel.xticks, panel.xlabel, upright), ("y", panel.yticks, True, "")):
            if ticks is None:
                yield "" if shown else f"set format {axis} ''"
                continue
            if self.is_text and axis == "x":
                ticks = ticks[:: 1 + (longest_of(ticks) + 1) * len(ticks) // self.layout.columns()]
            # A text of a tick is a format for its number.
            texts = (quote(text.replace("%", "%%") if shown else "") for _, text in ticks)
            entries = ", ".join(f"{text} {position:.9g}" for text, (position, _) in zip(texts, ticks))
            yield f"set {axis}tics ({entries}){turned}{small}"

    def label_lines(self, panel):
        if self.layout.has_labels(panel):
            for x, y, text, colour in panel.labels:
                look = "" if self.is_text else f" font ',{9 if panel.small else 12}' textcolor rgb '{colour}'"
                yield f"set label {quote(text)} at first {x:.9g},{y:.9g} center front{look}"

    def image_plots(self, panel, right, upper, lower, height):
        """[(lines before the plot, the plot)] of the image, if there is one."""
        image, at = panel.image, self.layout
        if not image or (self.is_text and at.has_labels(panel)):
            return []
        if self.is_text:
            return [(shade_lines(image, at.columns(), height - 1), "")]
        colours = ", ".join(f"{i} {quote(colour)}" for i, colour in enumerate(PALETTE))
        lines = [f"set palette defined ({colours})", f"set cbrange [0:{image.high:.9g}]", "unset colorbox"]
        if image.bar:
            place = f"screen {right + 16 / at.width:.6f}, screen {lower:.6f}"
            size = f"screen {14 / at.width:.6f}, screen {upper - lower:.6f}"
            lines[2:] = [f"set colorbox user origin {place} size {size} noborder", f"set cblabel {quote(image.bar)}"]
        columns, rows = max(1, at.metrics.width // len(image.rows[0])), max(1, panel.height // len(image.rows))
        lines += ["$image << EOD", *enlarged(image.rows, columns, rows), "EOD"]
        place = f"(($1+0.5)*{image.dx / columns:.9g}):(($2+0.5)/{rows}.):3"
        return [(lines, f"$image matrix using {place} with image notitle")]

    def series_plots(self, panel):
        """[(lines before the plot, the plot)] of each series."""
        for index, series in enumerate(panel.series):
            title = f"title {quote(series.title)}" if series.title else "notitle"
            lines = [f"$series{index} << EOD", *series_rows(series, self.is_text), "EOD"]
            yield lines, f"$series{index} using 1:2 {self.look(series, index)} {title}"

    def look(self, series, index):
        if self.is_text:
            marks = {"points": "with points pt 'o'", "ticks": "with points pt '|'"}
            return marks.get(series.style, f"with {series.style} lt {index + 1}")
        if series.style == "points":
            return f"with points pt 7 ps 0.7 lc rgb '{series.colour}'"
        style = "lines" if series.style == "ticks" else series.style
        return f"with {style} lw {series.width} dt {series.dash} lc rgb '{series.colour}'"


def parts_of(values, n):
    """So many parts of a list, one after the other, none empty."""
    for at in range(n):
        begin = at * len(values) // n
        yield values[begin : max((at + 1) * len(values) // n, begin + 1)]


def shade_lines(image, n_columns, n_lines):
    """An image of characters: the largest value below each gives its shade."""
    last = len(SHADES) - 1
    for line, rows in enumerate(parts_of(image.rows, n_lines), 1):
        largest = [max(part) for part in parts_of([max(column) for column in zip(*rows)], n_columns)]
        levels = (max(min(int(value / image.high * (last + 1)), last), value > image.least) for value in largest)
        text = quote("".join(SHADES[level] for level in levels))
        yield f"set label {text} at graph 0, graph {1 - line / (n_lines + 1):.6f} offset character 1,0 left"


def enlarged(rows, n_columns, n_rows):
    """Lines of a matrix with each value in so many columns and rows: viewers that smooth an image blur the edges of a cell
    alone."""
    for row in rows:
        line = " ".join(" ".join([f"{value:.5g}"] * n_columns) for value in row)
        yield from [line] * n_rows


def series_rows(series, is_text):
    """Lines of x and y; an empty one ends a stroke."""
    for point in series.points:
        if point is None:
            yield ""
        elif series.style == "ticks" and is_text:
            yield f"{point[0]:.9g} {point[1] + 0.4:.9g}"
        elif series.style == "ticks":
            yield from (f"{point[0]:.9g} {point[1]:.9g}", f"{point[0]:.9g} {point[1] + 0.8:.9g}", "")
        else:
            yield f"{point[0]:.9g} {point[1]:.9g}"
    if not series.points:
        yield "NaN NaN"


def run(script):
    program = shutil.which("gnuplot")
    if not program:
        raise Failure(
            "gnuplot: not found on PATH, wanted for every picture; install it, on Debian: apt-get install gnuplot-nox"
        )
    done = subprocess.run([program, "-d", "-"], input=script.encode(), capture_output=True, check=False)
    said = done.stderr.decode(errors="replace").strip()
    if done.returncode or not done.stdout:
        raise Failure(f"gnuplot ended with {done.returncode}, wanted a picture; it said: {said[-1000:] or 'nothing'}")
    return done.stdout


def finished_svg(drawn, title):
    """With the figure's title in place of gnuplot's, bold texts as SVG has them, and sharp edges between the cells of an
    image."""
    text = drawn.decode().replace("<title>Gnuplot</title>", f"<title>{escape(title)}</title>")
    text = text.replace('font-family=":Bold"', 'font-family="sans-serif" font-weight="bold"')
    return text.replace("<image ", "<image style='image-rendering:pixelated' ").encode()


def text_without_margin(drawn):
    """Begins with an empty line, by which another run knows that it may replace such a file."""
    lines = [line.rstrip() for line in drawn.decode().strip("\f").split("\n")]
    first, end = (next(at for at, line in enumerate(way) if line) for way in (lines, lines[::-1]))
    return "\n".join(["", *lines[first : len(lines) - end], ""]).encode()
