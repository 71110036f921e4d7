"""One recording: what the network hears, and below it the spikes of its layers and the sums of its output."""

from itertools import accumulate

from ear import frequencies_of, ticks_of
from figure import COLOURS, GREY, INK, Figure, Image, Panel, Series
from messages import Failure

MAX_NAMED = len(COLOURS)  # classes of the sums that have a colour and a name
LONG_MS = 5000  # from here on the axis counts seconds


def layers_of(spikes):
    """[(name, number of neurons)] of the layers whose spikes a stream of ossicle-predict holds."""
    text = spikes.made_by.get("ossicle-predict neurons", "")
    try:
        layers = [(name, int(n)) for name, n in (part.split(":") for part in text.split(","))]
    except ValueError:
        layers = []
    if sum(n for _, n in layers) != spikes.n_channels:
        raise Failure(
            f"{spikes.source.name}: does not say which of its {spikes.n_channels} channels are of which layer, as an "
            "older ossicle-predict left it; make it with this one"
        )
    return layers


def require_same_route(heard, spikes):
    """Failure where the spikes do not answer to that stream: its recipe must be theirs but for the last stage."""
    if spikes.recipe[:-1] != heard.recipe:
        raise Failure(
            f"{spikes.source.name}: its spikes answer to a stream that was made differently from {heard.source.name}; "
            "run ossicle-predict --spikes on that one"
        )


def require_same_record(heard, record, spikes, answer):
    found, wanted = (f"{r.n_steps} steps of {r.dt_ms:g} ms and the label '{r.label}'" for r in (answer, record))
    if found != wanted:
        raise Failure(
            f"{spikes.source.name}: {answer.key} has {found}, in {heard.source.name} {wanted}; "
            "run ossicle-predict --spikes on that stream"
        )


class Clock:
    """Steps of a record as time on the axis."""

    def __init__(self, record):
        is_long = record.n_steps * record.dt_ms > LONG_MS
        self.step = record.dt_ms / 1000 if is_long else record.dt_ms
        self.range = (0, record.n_steps * self.step)
        self.label = "time (s)" if is_long else "time (ms)"


def heard_panel(stream, record, clock):
    frequencies, n_events = frequencies_of(stream.header), sum(map(sum, record.rows))
    panel = Panel("", 234, clock.range, (stream.n_channels, 0), ylabel="channel")
    if frequencies:
        panel.ylabel = "centre frequency (Hz)"
        panel.yticks = [(channel + 0.5, text) for channel, text in ticks_of(frequencies)]
    if stream.kind == "raster":
        panel.title = f"Spikes heard, {n_events:,} in all"
        panel.series = [Series(marks_of(record.rows, clock), "ticks", INK, width=1.2)]
        return panel
    panel.image = Image(list(zip(*record.rows)), max(map(max, record.rows)) or 1, clock.step)
    if stream.kind == "cochleagram":
        panel.title, panel.image.bar = "Cochleagram", "intensity (no unit)"
    else:
        panel.title, panel.image.bar = f"Events in each step, {n_events:,} in all", "events"
    return panel


def marks_of(rows, clock):
    """The points of a series of ticks, (time, channel), in the order of time."""
    spikes = ((step, channel) for step, row in enumerate(rows) for channel, n in enumerate(row) if n)
    return [((step + 0.5) * clock.step, channel + 0.1) for step, channel in spikes]


def raster_panel(name, rows, clock):
    """`rows` [step][neuron] of the layer `name`."""
    n = len(rows[0])
    title = f"Spikes of layer {name}, {sum(map(sum, rows)):,} in all"
    series = [Series(marks_of(rows, clock), "ticks", INK)]
    return Panel(title, max(90, min(3 * n, 300)), clock.range, (n, 0), ylabel="neuron", series=series)


def output_panel(rows, classes, label, clock):
    """A raster with the names of the classes, the right one's spikes apart from the others'."""
    panel = raster_panel("", rows, clock)
    panel.title = f"Spikes of the output layer, {sum(map(sum, rows)):,} in all"
    panel.ylabel, panel.height, panel.small = "class", max(90, 14 * len(classes)), len(classes) > 12
    panel.yticks = [(k + 0.5, shortened(text)) for k, text in enumerate(classes)]
    points = panel.series[0].points
    right = [point for point in points if classes[int(point[1])] == label]
    panel.series[0].points = [point for point in points if classes[int(point[1])] != label]
    panel.series.append(Series(right, "ticks", COLOURS[0], width=3))
    return panel


def shortened(text, longest=14):
    return text if len(text) <= longest else text[: longest - 1] + "…"


def sums_panel(rows, classes, label, clock):
    """The number of spikes of each output neuron so far. Those that fire most have names, and so has the right one."""
    sums = [list(accumulate(column, initial=0)) for column in zip(*rows)]
    shown = [k for k in range(len(classes)) if sums[k][-1] or classes[k] == label]
    shown.sort(key=lambda k: (-sums[k][-1], k))
    named = [*[k for k in shown if classes[k] != label][: MAX_NAMED - 1], *[k for k in shown if classes[k] == label]]
    colours, series = iter(COLOURS[1:]), []
    for k in shown:
        line = Series([(step * clock.step, n) for step, n in enumerate(sums[k])], "steps", GREY, width=1)
        if k in named:
            is_right = classes[k] == label
            line.title = f"{shortened(classes[k])}: {sums[k][-1]} spikes"
            line.colour, line.width = (COLOURS[0], 3.5) if is_right else (next(colours), 1.8)
        series.append(line)
    series.sort(key=lambda line: bool(line.title))  # so that no grey line covers one with a name
    most = max((sums[k][-1] for k in shown), default=0)
    title = "Sums of the output: spikes of each class so far"
    return Panel(title, 150, clock.range, (0, max(most * 1.05, 1)), ylabel="spikes", series=series)


def recording_panels(heard, record, spikes, answer):
    """Panels of a record that is heard, of the spikes that answer, or of both; the absent are None."""
    shown = record or answer
    clock = Clock(shown)
    panels = [heard_panel(heard, record, clock)] if record else []
    first = 0
    for name, n in layers_of(spikes) if answer else ():
        rows = [row[first : first + n] for row in answer.rows]
        first += n
        if name == "output":
            panels.append(output_panel(rows, spikes.classes, shown.label, clock))
            panels.append(sums_panel(rows, spikes.classes, shown.label, clock))
        else:
            panels.append(raster_panel(name, rows, clock))
    panels[-1].xlabel = clock.label
    return panels


def name_of(record):
    label = f" “{record.label}”" if record.label else ""
    return f"{record.key}:{label}{f', spoken by {record.speaker}' if record.speaker else ''}"


def recording_figure(heard, record, spikes, answer, titled=True):
    """`titled`: whether the first panel names the recording, which a page does beside it."""
    panels = recording_panels(heard, record, spikes, answer)
    title = name_of(record or answer)
    if titled:
        panels[0].title = f"{title.removesuffix(':')}. {panels[0].title}"
    return Figure(title, panels)
