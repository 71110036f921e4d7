"""Curves: training, accuracy against the share heard, detection error trade-off."""

import pathlib
from statistics import NormalDist

from figure import COLOURS, GREY, Figure, Panel, Series
from messages import Failure

# Rates that carry a tick on the axes of a normal deviate, in %.
DET_TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 40, 60, 80, 90, 95, 98, 99)


def names_of(sources):
    """Short names that tell the files apart."""
    stems = [pathlib.Path(source.name).stem for source in sources]
    names = stems if len(set(stems)) == len(stems) else [source.name for source in sources]
    return [name if len(name) <= 24 else "…" + name[-23:] for name in names]


def require_few(sources):
    if len(sources) > len(COLOURS):
        raise Failure(
            f"{len(sources)} files for one picture, wanted at most {len(COLOURS)}, which is how many colours can be told "
            "apart; draw them in parts"
        )


def room(values):
    """The range of an axis around the values."""
    least, most = min(values), max(values)
    space = 0.05 * (most - least) or 0.5
    return least - space, most + space


def training_figure(sources, logs):
    """Loss, accuracies and firing rates by epoch. The rates are those of the layers of the only log."""
    require_few(sources)
    names, several = names_of(sources), len(logs) > 1
    epochs = (min(log[0].epoch for log in logs) - 0.5, max(log[-1].epoch for log in logs) + 0.5)
    loss, accuracy = [], []
    for name, log, colour in zip(names, logs, COLOURS):
        loss.append(Series([(e.epoch, e.loss) for e in log], colour=colour, title=name if several else ""))
        train, valid = (f"{name}, train", f"{name}, valid") if several else ("training part", "validation part")
        checked = [(e.epoch, 100 * e.valid) for e in log if e.valid is not None]
        points = [(e.epoch, 100 * e.train) for e in log]
        accuracy.append(Series(points, colour=colour, title=train, dash=2 if checked else 1, width=1.5))
        if checked:
            accuracy.append(Series(checked, colour=colour, title=valid))
    subject = "Training" if several else f"Training of {names[0]}"
    low, high = room([y for line in accuracy for _, y in line.points])
    ranges = room([y for line in loss for _, y in line.points]), (max(low, 0), min(high, 100.5))
    panels = [
        Panel(f"{subject}. Loss on the training part", 170, epochs, ranges[0], ylabel="loss", series=loss),
        Panel("Accuracy", 230, epochs, ranges[1], ylabel="accuracy (%)", series=accuracy),
    ]
    if not several and logs[0][0].firing_rates:
        panels.append(rates_panel(logs[0], epochs))
    panels[-1].xlabel = "epoch"
    return Figure(subject, panels)


def rates_panel(log, epochs):
    n_layers = min(len(e.firing_rates) for e in log)
    series = []
    for layer in range(n_layers):
        title = f"layer {layer + 1}{' (output)' if layer == n_layers - 1 else ''}"
        dash, index = divmod(layer, len(COLOURS))
        points = [(e.epoch, 100 * e.firing_rates[layer]) for e in log]
        series.append(Series(points, colour=COLOURS[index], title=title, dash=1 + dash))
    most = max(y for line in series for _, y in line.points)
    return Panel("Firing rates", 150, epochs, (0, most * 1.05 or 1), ylabel="steps with a spike (%)", series=series)


def latency_figure(sources, curves):
    require_few(sources)
    several = len(curves) > 1
    series = []
    for name, curve, colour in zip(names_of(sources), curves, COLOURS):
        points = [(100 * share, 100 * accuracy) for _, share, accuracy in curve]
        series += [Series(points, "lines", colour, name if several else ""), Series(points, "points", colour)]
    title = "Accuracy against the share of each recording that was heard"
    whole = curves[0][-1]
    axis = "share heard (%)" if several else f"share heard (%); {100 * whole[1]:g} % are {whole[0]:g} steps in the mean"
    return Figure(title, [Panel(title, 320, (0, 102), (0, 102), axis, "accuracy (%)", series)])


def equal_error(curve):
    """The rate at which false accepts and false rejects are equal, on the line between the points around it; None where no
    two enclose it."""
    points = sorted((accept - reject, accept, reject) for _, accept, reject in curve)
    for (below, a, _), (above, b, _) in zip(points, points[1:]):
        if below <= 0 <= above:
            return a if above == below else a + (b - a) * -below / (above - below)
    return None


def det_range(curves):
    """Of both axes: from the tick below the least rate that is not 0 to 40 %, where Martin et al. end; to 99 % where a
    curve would not be seen."""
    least = min((rate for curve in curves for _, *rates in curve for rate in rates if rate > 0), default=0)
    low = max([tick / 100 for tick in DET_TICKS if tick <= 100 * least], default=DET_TICKS[0] / 100)
    is_seen = all(any(accept <= 0.4 and reject <= 0.4 for _, accept, reject in curve) for curve in curves)
    return min(low, 0.2), 0.4 if is_seen else 0.99


def det_figure(sources, curves):
    """On the axes of A. Martin et al., The DET curve in assessment of detection task performance (Eurospeech 1997): a rate
    p lies at the normal deviate of p, so that scores of two normal distributions give a straight line. Rates of 0 and 1 lie
    at infinity: the line to them ends at the border."""
    require_few(sources)
    low, high = det_range(curves)

    def place(rate):
        return NormalDist().inv_cdf(min(max(rate, low / 10), 1 - low / 10))

    axis = (place(low), place(high))
    series = [Series([(axis[0], axis[0]), (axis[1], axis[1])], colour=GREY, title="equal rates", dash=3, width=1)]
    for name, curve, colour in zip(names_of(sources), curves, COLOURS):
        points = sorted(((accept, reject) for _, accept, reject in curve), key=lambda pair: (pair[0], -pair[1]))
        equal = equal_error(curve)
        said = "" if equal is None else f", equal at {100 * equal:.2g} %"
        series.append(
            Series([(place(accept), place(reject)) for accept, reject in points], "lines", colour, name + said)
        )
        if equal is not None and low <= equal <= high:
            series.append(Series([(place(equal), place(equal))], "points", colour))
    ticks = [(place(tick / 100), f"{tick:g}") for tick in DET_TICKS if low <= tick / 100 <= high]
    title, labels = "Detection error trade-off", ("false accepts (%)", "false rejects (%)")
    return Figure(title, [Panel(title, 460, axis, axis, *labels, series, xticks=ticks, yticks=ticks, square=True)])
