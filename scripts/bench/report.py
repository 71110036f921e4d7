"""The tables of a run, in Markdown."""

import itertools
import statistics

from figures import Figures, line_through, quartiles, spread, table

NETWORK_ROWS = (
    ("products", "bare GEMMs, OpenBLAS"),
    ("lstm", "LSTM, same parameters, torch"),
    ("spikingjelly", "spikingjelly, multi-step LIF"),
    ("snntorch", "snntorch Leaky"),
    ("tsslbp", "TSSL-BP in torch, rewritten in O(T), flush-to-zero"),
    ("tsslbp, memory kept", "the same, malloc told to keep its memory"),
    ("tsslbp, step rule", "the same, step rule"),
    ("products, recurrent", "bare GEMMs, layer 2 recurrent"),
    ("snntorch, recurrent", "snntorch Leaky, RLeaky in layer 2"),
    ("ossicle 5%, recurrent", "Ossicle, 5 % firing, layer 2 recurrent"),
    ("ossicle 5%", "Ossicle, 5 % firing"),
    ("ossicle 10%", "Ossicle, 10 % firing"),
    ("ossicle 5%, step rule", "Ossicle, 5 % firing, step rule"),
)
BEYOND_ROWS = (
    ("recurrent", "layer 2 recurrent"),
    ("delayed", "delays 0, 5, 10 on every connection, normalised drive"),
    ("adaptive", "the same, adaptation, mean output layer, softmax of means"),
)
BESIDE = ("bare GEMMs, ms", "Ossicle, ms", "step over GEMMs", "inference over GEMMs")
NOTES = """
Processor time of one thread (threads: wall time), median and, in brackets, quartiles over the rounds of one interleaved run. Ratios are
taken round by round.

- Rates: the weights into each hidden layer are scaled, layer by layer, until it fires at the wanted rate on the bench's data (within 0.3
  percentage points; the rates reached stand below). Every step starts from these weights; its update is carried out and counted.
- A step of Ossicle: gather and shift 50 utterances, forward pass, loss, backward pass, norm clip, Adam. The peers' steps hold the same but
  the shifts. Peers are the versions in machine.txt; torch flushes subnormal numbers to zero.
- TSSL-BP in torch is our own rewrite, by Ossicle's default rule (surrogate) and by the published program's (step); it is held against the
  project's double precision reference before each run. The published TSSL-BP program itself is not on any package index and was not measured.
- With layer 2 recurrent the bare GEMMs are those of the same network: forward, gradient and error of the lateral matrix, over all steps at once.
- Peers run with the system's malloc as it is, but for the row that says otherwise.
- PyPI `lyon` and the Python route to a stream run with their modules loaded; `ossicle-lyon` is started anew each time, its start included.
- Memory: peak resident size of `ossicle-train` for one epoch, less the bytes of the utterances' numbers.
"""


def memory_beyond(figures, contender):
    peak = figures.series("memory", "A", contender, "train", "peak_bytes")
    data = figures.text("memory", "A", "", "data_bytes")
    return [(value - float(data)) / 1e6 for value in peak] if data else []


def two_cores(figures):
    """Whether the machine had two cores to give: by the processors that the step on two threads used, and by the probe."""
    one, two = (figures.median("threads", "probe", "probe", n, quantity="wall_s") for n in ("one", "two"))
    if not one:
        return ""
    used = statistics.median(figures.ratios("threads", "A", "2 threads", "2 threads", "step", quantity=("cpu_s", "wall_s")))
    real = "yes" if used > 1.9 else "no, so the row of two threads says little"
    probe = f"arithmetic without shared data takes {two / one:.2f} times as long on two threads, each doing all of it, as on one"
    return f"\nTwo real cores: {real}: the step on two threads used {used:.2f} processors; {probe}.\n"


def network_tables(figures):
    cases, text = figures.cases("network"), ""
    if not cases:
        return ""
    for group in ([case for case in cases if " " not in case], [case for case in cases if " " in case]):
        rows = [(name, *(step_and_inference(figures, case, contender) for case in group)) for contender, name in NETWORK_ROWS]
        text += table(("training step, ms (inference)", *group), [row for row in rows if set(row[1:]) != {"-"}]) + "\n"
    rows = [
        (case, name, *over_products(figures, "network", case, contender))
        for case, (contender, name) in itertools.product(cases, NETWORK_ROWS[1:])
        if step_and_inference(figures, case, contender) != "-"
    ]
    text += "Over the bare GEMMs of the same rounds:\n\n" + table(("case", "", "step", "inference"), rows)
    return "## Networks\n\n" + text + "\n" + beyond_table(figures) + pieces_table(figures)


def beyond_table(figures):
    """Networks with parts that the paper's do not have, or its competitor's, over the same at the same firing rate."""
    rows = []
    for case, (what, name), network in itertools.product(figures.cases("network"), BEYOND_ROWS, ("ossicle 5%", "ossicle 10%")):
        contender = f"{network}, {what}"
        over = [spread(figures.ratios("network", case, contender, network, operation)) for operation in ("step", "infer")]
        if set(over) != {"-"}:
            rows.append((case, name, network.removeprefix("ossicle "), step_and_inference(figures, case, contender), *over))
    head = ("beside", "", "firing", "training step, ms (inference)", "step over that without", "inference over that without")
    return "Parts beyond the paper's network, over the same network without them in the same rounds:\n\n" + table(head, rows) + "\n" if rows else ""


def over_products(figures, part, case, contender="ossicle"):
    bare = "products, recurrent" if contender.endswith(", recurrent") else "products"
    return [spread(figures.ratios(part, case, contender, bare, operation)) for operation in ("step", "infer")]


def step_and_inference(figures, case, contender, part="network"):
    step, infer = (figures.median(part, case, contender, operation) for operation in ("step", "infer"))
    if step is None and infer is None:
        return "-"
    show = lambda seconds: "-" if seconds is None else f"{1e3 * seconds:.{1 if seconds < 0.1 else 0}f}"
    return f"{show(step)} ({show(infer)})"


def pieces_table(figures):
    rows, names = [], []
    for part in ("network", "trained"):
        for case, contender in itertools.product(figures.cases(part), figures.contenders(part)):
            found = figures.pieces(part, case, contender, "step") if contender.startswith("ossicle") else []
            if found:
                names = names or found
                series = [figures.series(part, case, contender, "step", f"cpu_s {name}") for name in found]
                rows.append((case, contender, *(spread(values, 2, 1e3) for values in series)))
    return "Where the step's time goes, ms:\n\n" + table(("case", "", *names), rows) if rows else ""


def beside_products(figures, part, case):
    cells = [step_and_inference(figures, case, contender, part) for contender in ("products", "ossicle")]
    return *cells, *over_products(figures, part, case)


def trained_table(figures):
    rows = [
        (case, figures.text("trained", case, "ossicle", "about"), *beside_products(figures, "trained", case)) for case in figures.cases("trained")
    ]
    return "## Models trained on FSDD, on its speech\n\n" + table(("78-400-400-400-10", "firing", *BESIDE), rows) if rows else ""


def ear_table(figures):
    rows = []
    for part, operation, peer in (("ear", "hear", "lyon"), ("lyon-tool", "convert", "python")):
        for case in figures.cases(part):
            seconds = float(figures.text(part, case, "", "sound_s"))
            times = [[seconds / value for value in figures.series(part, case, name, operation)] for name in ("ossicle", peer)]
            ratio = figures.ratios(part, case, peer, "ossicle", operation)
            what = "ear alone" if part == "ear" else "recordings to a stream"
            rows.append((f"{what}, {case}", *(spread(values, 0) for values in times), spread(ratio, 1)))
    head = ("", "Ossicle, x real time", "Python, x real time", "ratio")
    return "## Ear\n\n" + table(head, rows) if rows else ""


def more_table(figures):
    rows = []
    for contender, case in itertools.product(figures.contenders("memory"), figures.cases("memory")):
        peak = figures.series("memory", case, contender, "convert", "peak_bytes")
        if peak:
            rows.append((f"{contender} on {case}: peak, MB", spread(peak, 0, 1e-6)))
        elif case == "A" and memory_beyond(figures, contender):
            rows.append((f"{contender}: peak beyond the data, MB", spread(memory_beyond(figures, contender), 0)))
    cold = figures.series("predict", "one WAV", "ossicle-predict", "predict", "wall_s")
    if cold:
        rows.append(("ossicle-predict on one WAV, from start to end, wall ms", spread(cold, 1, 1e3)))
    for case in figures.cases("threads"):
        for operation in ("step", "infer"):
            ratios = figures.ratios("threads", case, "1 threads", "2 threads", operation, quantity="wall_s")
            if ratios:
                rows.append((f"two threads against one, {case}, {operation}", spread(ratios)))
    return "## Memory, cold start, threads\n\n" + table(("", "measured"), rows) + two_cores(figures) if rows else ""


def sweep_tables(figures):
    text = ""
    for what in ("steps", "width", "batch", "rate"):
        rows = [(case, *beside_products(figures, f"sweep {what}", case)) for case in figures.cases(f"sweep {what}")]
        text += table((what, *BESIDE), rows) + "\n" if rows else ""
    lines = [say(figures, operation) for say in (linear_in_steps, crossover) for operation in ("step", "infer")]
    return "## Around A\n\n" + text + "".join(lines) if text else ""


def linear_in_steps(figures, operation):
    steps = [int(case) for case in figures.cases("sweep steps")]
    if len(steps) < 3:
        return ""
    intercept, slope, r2 = line_through(steps, [figures.median("sweep steps", str(n), "ossicle", operation) for n in steps])
    return f"{operation}: {1e3 * intercept:.2f} ms + {1e3 * slope:.4f} ms a step of T, R2 {r2:.5f}\n\n"


def crossover(figures, operation):
    """Where the cost of products by events, a straight line over the firing rate, meets the level of the dense ones."""
    ratio = lambda case: quartiles(figures.ratios("sweep rate", case, "ossicle", "products", operation))[1]
    points = [(float(case), ratio(case)) for case in figures.cases("sweep rate")]
    events = [(rate, y) for rate, y in points if rate <= 0.4]
    dense = [y for rate, y in points if rate >= 0.5]
    if len(events) < 3 or not dense:
        return ""
    intercept, slope, r2 = line_through(*zip(*events))
    level = statistics.fmean(dense)
    line = f"{intercept:.3f} + {slope:.3f} x rate of the bare GEMMs up to 40 % firing, R2 {r2:.4f}; {level:.3f} from 50 % on"
    meets = f"; they meet at {100 * (level - intercept) / slope:.0f} %" if slope > 0 else ""
    return f"{operation}: {line}{meets}\n\n"


def abouts(figures, rows):
    found = [(row["part"], row["case"], row["contender"], row["value"]) for row in rows if row["quantity"] == "about"]
    wanted = [row for row in found if row[2] != "products" and row[3]]
    return "## What the contenders said of themselves\n\n" + table(("part", "case", "contender", ""), wanted) if wanted else ""


def summary(rows):
    figures = Figures(rows)
    tables = (network_tables, trained_table, ear_table, more_table, sweep_tables)
    parts = [part for part in (make(figures) for make in tables) if part]
    return "# Bench\n" + NOTES + "\n" + "\n".join([*parts, abouts(figures, rows)])
