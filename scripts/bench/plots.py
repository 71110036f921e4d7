"""One picture of a run, with a panel for each part that was measured."""

from figures import Figures, quartiles

COLOURS = {"ossicle": "#c1440e", "products": "#555555"}


def draw(rows, path):
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "ossicle"
    import matplotlib.pyplot as plt

    figures = Figures(rows)
    needs = ((bars, "network"), (steps, "sweep steps"), (rates, "sweep rate"), (sizes, "sweep width"))
    drawings = [drawing for drawing, part in needs if figures.cases(part)]
    if not drawings:
        return
    n_rows, n_columns = (len(drawings) + 1) // 2, min(2, len(drawings))
    figure = plt.figure(figsize=(6 * n_columns, 4.5 * n_rows), layout="constrained")
    for i, drawing in enumerate(drawings, 1):
        drawing(figures, figure.add_subplot(n_rows, n_columns, i))
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def series_of(figures, part, contender, operation, scale=1e3):
    """x, medians and error bars of a sweep."""
    points = [(float(case), quartiles(figures.series(part, case, contender, operation))) for case in figures.cases(part)]
    x = [value for value, _ in points]
    y = [scale * middle for _, (_, middle, _) in points]
    errors = [[scale * (m - low) for _, (low, m, _) in points], [scale * (high - m) for _, (_, m, high) in points]]
    return x, y, errors


def bars(figures, ax):
    cases = [case for case in figures.cases("network") if " " not in case]
    contenders = [name for name in figures.contenders("network") if name != "products"]
    operation = "step" if any(figures.series("network", case, "products", "step") for case in cases) else "infer"
    width = 0.8 / max(1, len(contenders))
    for i, name in enumerate(contenders):
        points = [(j, figures.ratios("network", case, name, "products", operation)) for j, case in enumerate(cases)]
        points = [(j, quartiles(values)) for j, values in points if values]
        y = [middle for _, (_, middle, _) in points]
        errors = [[m - low for _, (low, m, _) in points], [high - m for _, (_, m, high) in points]]
        ax.bar([j + i * width for j, _ in points], y, width, yerr=errors, label=name)
    ax.axhline(1.0, color=COLOURS["products"], linewidth=1)
    ax.set_xticks([j + 0.4 - width / 2 for j in range(len(cases))], cases)
    ax.set(yscale="log", ylim=(0.1, None))
    ax.set_title(f"{operation}, over the bare GEMMs")
    ax.legend(fontsize=8)


def steps(figures, ax):
    styles = {("products", "step"): "--", ("ossicle", "step"): "-", ("products", "infer"): ":", ("ossicle", "infer"): "-."}
    for (contender, operation), style in styles.items():
        x, y, errors = series_of(figures, "sweep steps", contender, operation)
        ax.errorbar(x, y, errors, linestyle=style, marker=".", color=COLOURS[contender], label=f"{contender}, {operation}")
    ax.set(title="78-N-N-N-26, N 400, batch 50, 5 % firing", xlabel="steps T", ylabel="ms", xlim=(0, None), ylim=(0, None))
    ax.legend(fontsize=8)


def rates(figures, ax):
    for operation, style in (("step", "-"), ("infer", "-.")):
        cases = figures.cases("sweep rate")
        points = [(100 * float(case), quartiles(figures.ratios("sweep rate", case, "ossicle", "products", operation))) for case in cases]
        ax.plot([x for x, _ in points], [q[1] for _, q in points], style, marker=".", color=COLOURS["ossicle"], label=operation)
    ax.axhline(1.0, color=COLOURS["products"], linewidth=1)
    ax.set(title="Ossicle over the bare GEMMs, A", xlabel="firing of the hidden layers, %", ylim=(0, None))
    ax.legend(fontsize=8)


def sizes(figures, ax):
    for part, marker in (("sweep width", "o"), ("sweep batch", "s")):
        cases = figures.cases(part)
        points = [(int(case), quartiles(figures.ratios(part, case, "ossicle", "products", "step"))[1]) for case in cases]
        ax.plot([x for x, _ in points], [y for _, y in points], marker=marker, label=part.removeprefix("sweep "))
    ax.axhline(1.0, color=COLOURS["products"], linewidth=1)
    ax.set(title="step of Ossicle over the bare GEMMs, around A", xlabel="width N, or batch", xscale="log", ylim=(0, None))
    ax.legend(fontsize=8)
