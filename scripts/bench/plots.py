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


def centre(points):
    """x, medians and error bars of [(x, values)]."""
    points = [(x, quartiles(values)) for x, values in points if values]
    middles = [middle for _, (_, middle, _) in points]
    errors = [[middle - low for _, (low, middle, _) in points], [high - middle for _, (_, middle, high) in points]]
    return [x for x, _ in points], middles, errors


def bars(figures, ax):
    cases = [case for case in figures.cases("network") if " " not in case]
    contenders = [name for name in figures.contenders("network") if name != "products"]
    operation = "step" if any(figures.series("network", case, "products", "step") for case in cases) else "infer"
    width = 0.8 / max(1, len(contenders))
    for i, name in enumerate(contenders):
        x, y, errors = centre([(j + i * width, figures.ratios("network", case, name, "products", operation)) for j, case in enumerate(cases)])
        ax.bar(x, y, width, yerr=errors, label=name)
    ax.axhline(1.0, color=COLOURS["products"], linewidth=1)
    ax.set_xticks([j + 0.4 - width / 2 for j in range(len(cases))], cases)
    ax.set(yscale="log", ylim=(0.1, None))
    ax.set_title(f"{operation}, over the bare GEMMs")
    ax.legend(fontsize=8)


def steps(figures, ax):
    styles = {("products", "step"): "--", ("ossicle", "step"): "-", ("products", "infer"): ":", ("ossicle", "infer"): "-."}
    for (contender, operation), style in styles.items():
        cases = figures.cases("sweep steps")
        x, y, errors = centre([(int(case), [1e3 * s for s in figures.series("sweep steps", case, contender, operation)]) for case in cases])
        ax.errorbar(x, y, errors, linestyle=style, marker=".", color=COLOURS[contender], label=f"{contender}, {operation}")
    ax.set(title="78-N-N-N-26, N 400, batch 50, 5 % firing", xlabel="steps T", ylabel="ms", xlim=(0, None), ylim=(0, None))
    ax.legend(fontsize=8)


def ratios(figures, ax, lines, **more):
    """Ossicle over the bare GEMMs. lines: (part, operation, label, scale of its cases)"""
    for part, operation, label, scale in lines:
        points = [(scale * float(case), figures.ratios(part, case, "ossicle", "products", operation)) for case in figures.cases(part)]
        ax.plot(*centre(points)[:2], marker=".", label=label)
    ax.axhline(1.0, color=COLOURS["products"], linewidth=1)
    ax.set(ylim=(0, None), **more)
    ax.legend(fontsize=8)


def rates(figures, ax):
    lines = [("sweep rate", operation, operation, 100) for operation in ("step", "infer")]
    ratios(figures, ax, lines, title="Ossicle over the bare GEMMs, A", xlabel="firing of the hidden layers, %")


def sizes(figures, ax):
    lines = [(f"sweep {what}", "step", what, 1) for what in ("width", "batch")]
    ratios(figures, ax, lines, title="step of Ossicle over the bare GEMMs, around A", xlabel="width N, or batch", xscale="log")
