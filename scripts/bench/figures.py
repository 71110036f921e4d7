"""Reading the record: medians, quartiles, ratios round by round, straight lines; and Markdown. Of the tables of results too."""

import statistics


class Figures:
    def __init__(self, rows):
        self._series, self._texts = {}, {}
        for row in rows:
            key = row["part"], row["case"], row["contender"], row["operation"], row["quantity"]
            if row["round"] == "":
                self._texts[key] = row["value"]
            else:
                self._series.setdefault(key, []).append(float(row["value"]))

    def series(self, part, case, contender, operation, quantity="cpu_s"):
        """One value a round; empty if it was not measured."""
        return self._series.get((part, case, contender, operation, quantity), [])

    def median(self, *key, **more):
        values = self.series(*key, **more)
        return statistics.median(values) if values else None

    def text(self, part, case, contender, quantity):
        return self._texts.get((part, case, contender, "", quantity))

    def ratios(self, part, case, above, below, operation, quantity="cpu_s"):
        """above / below, round by round. quantity: of both, or (of above, of below)."""
        top_quantity, bottom_quantity = (quantity, quantity) if isinstance(quantity, str) else quantity
        top = self.series(part, case, above, operation, top_quantity)
        bottom = self.series(part, case, below, operation, bottom_quantity)
        return [a / b for a, b in zip(top, bottom)]

    def cases(self, part):
        return list(dict.fromkeys(key[1] for key in self._series if key[0] == part))

    def contenders(self, part):
        return list(dict.fromkeys(key[2] for key in self._series if key[0] == part))

    def pieces(self, part, case, contender, operation):
        """Names of the parts of a repetition."""
        key = part, case, contender, operation
        return [found[4].removeprefix("cpu_s ") for found in self._series if found[:4] == key and found[4].startswith("cpu_s ")]


def quartiles(values):
    """(lower quartile, median, upper quartile)"""
    if len(values) < 2:
        return values[0], values[0], values[0]
    return tuple(statistics.quantiles(values, n=4, method="inclusive"))


def spread(values, digits=2, scale=1.0, unit=""):
    """median (lower quartile-upper quartile); a single value stands alone"""
    if not values:
        return "-"
    low, middle, high = (f"{scale * value:.{digits}f}" for value in quartiles(values))
    if len(values) == 1:
        return f"{middle}{unit}"
    return f"{middle}{unit} ({low}-{high})"


def line_through(x, y):
    """(intercept, slope, R2) of the straight line with the least squares."""
    slope, intercept = statistics.linear_regression(x, y)
    rest = sum((b - intercept - slope * a) ** 2 for a, b in zip(x, y))
    total = sum((b - statistics.fmean(y)) ** 2 for b in y)
    return intercept, slope, 1 - rest / total


def table(head, rows):
    """In Markdown."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]) + "\n"
