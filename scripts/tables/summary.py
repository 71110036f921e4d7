"""The Markdown tables of the results that lie below an output folder."""

import collections
import json
import math
import shlex
import statistics

from figures import table as markdown
from plan import BASELINES, NETWORKS, OWN_VALIDATION, PAPER, PAPER_MEANS, RIDGE, TABLES, VALID_FRACTION, setting_name

TITLES = {**{row: title for row, (title, _) in NETWORKS.items()}, **BASELINES}
NONE = "–"
FIGURES = {"last": "last epoch", "best": "best by validation"}


def load(out, table):
    """Every result; where some were scored on a test, not those that were scored on the validation part before there was one."""
    results = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((out / table).glob("*/*.json"))]
    return [each for each in results if "validation" not in each] if any("test" in each for each in results) else results


def scores(result, figure):
    return result.get("test", result.get("validation", {})).get(figure, {})


def accuracies(results, row, figure, protocol=None):
    """{(fold, seed): accuracy in %} of a row; `figure`: one of FIGURES, "valid" (of the validation part's best epoch) or "on-test"."""
    found = {}
    for each in results:
        if figure in FIGURES:
            part = scores(each, figure).get("accuracy")
        else:
            part = each.get("test_by_epoch" if figure == "on-test" else "valid", {}).get("best")
        if each["row"] == row and part is not None:
            found[(each["fold"], each["seed"])] = 100 * part
    return found


def standard_error(values):
    return statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else math.nan


def difference(values, others):
    """Of two means of independent seeds, and its standard error (nan where one has fewer than two)."""
    return statistics.mean(values) - statistics.mean(others), math.hypot(standard_error(values), standard_error(others))


def paired(values, others):
    """(differences of what both have, their mean, its standard error)."""
    differences = [values[key] - others[key] for key in sorted(values.keys() & others.keys())]
    return differences, statistics.mean(differences), standard_error(differences)


def mean_text(values):
    """Mean ± standard deviation."""
    if not values:
        return NONE
    return f"{statistics.mean(values):.2f}" + (f" ± {statistics.stdev(values):.2f}" if len(values) > 1 else "")


def difference_text(mean, error):
    return f"{mean:+.2f}" + (f" ± {error:.2f}" if not math.isnan(error) else "")


def max_text(values):
    return f"{max(values):.2f}" if values else NONE


def cost_cells(results, row):
    """Means over a row's results: operations a recording in thousands, seconds of CPU; only of what was scored."""
    mine = [each for each in results if each["row"] == row and (scores(each, "last") or scores(each, "best"))]
    operations = [each.get("synaptic_operations", scores(each, "last").get("synaptic_operations")) for each in mine]
    thousands = [sum(each.values()) / 1000 for each in operations if each]
    cpu = [each["cpu_seconds"] for each in mine]
    return [f"{statistics.mean(values):.0f}" if values else NONE for values in (thousands, cpu)]


def by_token_table(table, results):
    on_test = any(each["protocol"] == "on-test" for each in results)
    own_valid = TABLES[table].corpus in OWN_VALIDATION and any("test" in each for each in results)
    paper, means = PAPER.get(TABLES[table].paper, {}), PAPER_MEANS.get(TABLES[table].paper, {})
    header = ["network", "seeds"] + [f"{title}, %" for title in FIGURES.values()] + ["max, %"]
    header += [f"minus feed-forward, {title}" for title in FIGURES.values()]
    header += ["validation, best epoch, %"] * own_valid
    header += ["operations, thousands", "CPU, s"]
    header += ["best on the test, %", "best on the test, mean, %"] * on_test
    if paper:
        own = TABLES[table].corpus != "synthetic"
        where = "" if own else f" on {TABLES[TABLES[table].paper].title.split(' ')[0]}, another corpus"
        header += [f"the paper's best on the test{where}, %", f"the paper's mean{where}, %"]
    rows = []
    for row, title in TITLES.items():
        found = {figure: list(accuracies(results, row, figure).values()) for figure in (*FIGURES, "valid", "on-test")}
        best = found["best"] or found["last"]
        if row in BASELINES and not best:
            continue
        cells = [title, str(len(best)), *(mean_text(found[figure]) for figure in FIGURES), max_text(best)]
        for figure in FIGURES:
            others = list(accuracies(results, "ff", figure).values())
            compared = row not in ("ff", *BASELINES) and found[figure] and others
            cells.append(difference_text(*difference(found[figure], others)) if compared else NONE)
        cells += [mean_text(found["valid"])] * own_valid + cost_cells(results, row)
        cells += [max_text(found["on-test"]), mean_text(found["on-test"])] * on_test
        rows.append(cells + [paper.get(row, NONE), means.get(row, NONE)] * bool(paper))
    return markdown(header, rows).splitlines()


def by_speaker_table(results, figure):
    """Means over the seeds for each speaker left out; mean and worst over speakers."""
    speakers = sorted({each["fold"] for each in results})
    rows = []
    for row, title in TITLES.items():
        found = accuracies(results, row, "best" if row == RIDGE else figure)  # its penalty is chosen by validation
        if row in BASELINES and not found:
            continue
        of_speaker = collections.defaultdict(list)
        for (speaker, _), value in found.items():
            of_speaker[speaker].append(value)
        means = {speaker: statistics.mean(values) for speaker, values in of_speaker.items()}
        cells = [f"{means[speaker]:.1f}" if speaker in means else NONE for speaker in speakers]
        whole = len(means) == len(speakers)  # a mean over some of the speakers is not that of all
        cells += [f"{statistics.mean(means.values()):.1f}", f"{min(means.values()):.1f}"] if whole else [NONE, NONE]
        rows.append([title, str(len(found)), *cells])
    return markdown(["network", "runs", *speakers, "mean", "worst"], rows).splitlines()


def paired_line(results, figure):
    values, others = (accuracies(results, row, figure) for row in ("srsc-bip", "ff"))
    if not values.keys() & others.keys():
        return []
    differences, mean, error = paired(values, others)
    line = f"SrSc-BIP minus feed-forward, {FIGURES[figure]}, paired over {len(differences)} (speaker, seed): {difference_text(mean, error)}"
    return [line + (f", {mean / error:.1f} standard errors" if error > 0 else "") + "."]


def command_of(table, results):
    """Gives these results again, data and folders apart."""
    setting = results[0]["setting"]
    words = ["scripts/reproduce", table, "--preset", setting["preset"], "--hidden", setting["hidden"], "--epochs", str(setting["epochs"]),
             "--seeds", str(max(each["seed"] for each in results))]
    rows = [row for row in NETWORKS if any(each["row"] == row for each in results)]
    words += ["--rows", ",".join(rows)] * (0 < len(rows) < len(NETWORKS))
    if setting["valid_fraction"] is not None:
        words += ["--valid-fraction", f"{setting['valid_fraction']:g}"]
    words += ["--best-on-test"] * any(each["protocol"] == "on-test" for each in results)
    return shlex.join(words + ["--"] * bool(setting["extra"]) + setting["extra"])


def about(table, results):
    def all_of(name):
        return ", ".join(sorted({each[name] for each in results}))

    hours = sum(each["cpu_seconds"] for each in results) / 3600
    yield f"`{command_of(table, results)}`; commit {all_of('commit')}; {all_of('machine')}; {hours:.2f} hours of CPU."


def section(table, name, results, baselines):
    yield from ["", f"## {name}", "", *about(table, results), ""]
    if table != "fsdd-unseen":
        yield from by_token_table(table, results + baselines)
        return
    for figure, title in FIGURES.items():
        if any(accuracies(results, row, figure) for row in TITLES):
            table_lines = by_speaker_table(results + baselines, figure)
            yield from [f"Test accuracy, %, {title}:", "", *table_lines, "", *paired_line(results, figure), ""]
    if any(each["protocol"] == "on-test" for each in results):
        yield from ["Best epoch chosen on the test set, as the paper does it, means over the seeds, %:", "", *by_speaker_table(results, "on-test"), ""]


def held_part(table):
    if TABLES[table].corpus in OWN_VALIDATION:
        return "the corpus' own validation part"
    if table == "fsdd-unseen":
        return "a speaker of the training, set aside by the seed"
    share = "voices of the training" if TABLES[table].by_speaker else f"{100 * VALID_FRACTION:g} % of the training's recordings"
    return f"{share}, set aside by the seed"


def report(out, table):
    """The text of OUT/TABLE.md; None where no run of the table has its result."""
    settings = collections.defaultdict(list)
    baselines, found = [], load(out, table)
    for each in found:
        (baselines if each["row"] in BASELINES else settings[setting_name(each["setting"])]).append(each)
    if not found:
        return None
    lines = [f"# {TABLES[table].title}", "",
             "Accuracy on the test, mean ± standard deviation over the seeds. *Last epoch*: of the model that the training ends with. *Best by",
             f"validation*: of the epoch best on {held_part(table)}, never trained on (unless --valid-fraction",
             "says another share). *max*: of the column before. *Minus feed-forward*: difference of the means ± its standard error. Each model was",
             "scored on the test once; nothing was chosen on the test but where a column says so. *Operations*: of a recording; of a spiking",
             "network the weights that its spikes and the input's values add, of the others their multiply-adds. *Best on the test*: of the best",
             "seed at its best epoch, both chosen on the test, which is what the paper reports of its five runs; the mean over the seeds stands",
             "apart."]
    if any("validation" in each for each in found):
        lines += ["", "**No test part was there: what is called the test is the validation part**, on which *best by validation* is chosen as well. The",
                  "last epoch is not chosen."]
    for name, results in sorted(settings.items()):
        share = results[0]["setting"]["valid_fraction"]
        lines += section(table, name, results, [each for each in baselines if each["setting"]["valid_fraction"] == share or
                                                (each["row"] == RIDGE and not share)])
    if not settings:
        lines += section(table, "baselines", baselines, [])
    return "\n".join(lines).rstrip() + "\n"
