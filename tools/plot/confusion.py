"""The confusion matrix: a row for each label, coloured by the share of its recordings, with numbers where there is room."""

from figure import Figure, Image, Panel
from recording import shortened

CELL = 34  # pixels, of a matrix of few classes
MOST = 700  # pixels of a large one
LEAST = 260  # of a small one: the bar beside it has a long label
SMALLEST_NUMBERED = 15  # pixels of a cell that can hold a number
SMALL = 22  # pixels of a cell beside which texts must be small
MOST_NAMED = 60  # classes that have names on an axis


def confusion_figure(classes, counts):
    n = len(classes)
    cell = max(4, LEAST // n, min(CELL, MOST // n))
    totals = [sum(row) for row in counts]
    shares = [[100 * value / total if total else 0 for value in row] for row, total in zip(counts, totals)]
    n_right, n_all = sum(counts[k][k] for k in range(n)), sum(totals)
    cells = ((row, column) for row in range(n) for column in range(n) if counts[row][column])
    labels = [
        (column + 0.5, row + 0.5, str(counts[row][column]), "#ffffff" if shares[row][column] > 45 else "#222222")
        for row, column in (cells if cell >= SMALLEST_NUMBERED else ())
    ]
    every = 1 + (n - 1) // MOST_NAMED
    ticks = [(k + 0.5, shortened(name)) for k, name in enumerate(classes) if k % every == 0]
    title = f"Confusions: {n_right:,} of {n_all:,} right" + (f" ({100 * n_right / n_all:.1f} %)" if n_all else "")
    panel = Panel(title, cell * n, (0, n), (n, 0), "decision", "label", xticks=ticks, yticks=ticks)
    panel.image = Image(shares, 100, bar="share of the label's recordings (%)", least=0)
    panel.labels, panel.square, panel.small = labels, True, cell < SMALL
    panel.upright = max(len(text) for _, text in ticks) * 7 > cell
    return Figure(title, [panel])
