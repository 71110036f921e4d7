"""The Markdown tables of the results that lie below an output folder."""

import collections
import json
import math
import shlex
import statistics

from figures import table as markdown
from plan import OWN_VALIDATION, SPLITS, TABLES, VALID_FRACTION, part_name, setting_name
from rows import BASELINES, NETWORKS, NOT_RUN, PUBLISHED, PUBLISHED_MEANS, QUICK_RESERVOIR, RIDGE

TITLES = {**{row: network.title for row, network in NETWORKS.items()}, **{row: title for row, (title, _) in NOT_RUN.items()}, **BASELINES}
NONE = "–"
LEGEND = """\
Accuracy on the test, mean ± standard deviation over the seeds. *Last epoch*: of the model that the training ends with. *Best by validation*: of
the epoch best on {held}, never trained on (unless --valid-fraction says another share). *Best of
runs*: of the column before. *Minus feed-forward*: difference of the means ± its standard error. Each model was scored on the test once; nothing
was chosen on the test but where a column says so. *Parameters*: of the model, with those that are not trained. *Operations*: of a recording; of
a spiking network the weights that its spikes and the input's values add, of the others their multiply-adds. *CPU*: without
the trainings that were interrupted. *Best on the test*: of the best seed at its best epoch, both chosen on the test, which is what the
paper reports of its five runs; the mean over the seeds stands apart.
*Published*: in the ScSr-SNN paper, of its own networks and of those that it compares with."""
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


def costs(results, row):
    """{name: mean over a row's results that were scored, None where none says it}: operations of a recording in thousands, seconds of CPU."""
    mine = [each for each in results if each["row"] == row and (scores(each, "last") or scores(each, "best"))]
    operations = [each.get("synaptic_operations", scores(each, "last").get("synaptic_operations")) for each in mine]
    found = {"operations, thousands": [sum(each.values()) / 1000 for each in operations if each],
             "CPU, s": [each["cpu_seconds"] for each in mine if not each.get("interrupted")]}
    return {name: statistics.mean(values) if values else None for name, values in found.items()}


def amount(value):
    return NONE if value is None else f"{value:.{1 if value < 10 else 0}f}"


def cost_cells(results, row):
    return [amount(value) for value in costs(results, row).values()]


def network_cells(results, row):
    """What all results of a row share: hidden layers, number of parameters."""
    found = [[str(each[name]) for each in results if each["row"] == row and name in each] for name in ("layers", "parameters")]
    return [values[0] if values else NONE for values in found]


def shown_rows(results, published=()):
    """Those that have a result, or a published figure."""
    return {row: title for row, title in TITLES.items() if row in published or any(each["row"] == row for each in results)}


def by_token_table(table, results):
    on_test = any(each["protocol"] == "on-test" for each in results)
    own_valid = TABLES[table].corpus in OWN_VALIDATION and any("test" in each for each in results)
    published, means = PUBLISHED.get(TABLES[table].paper, {}), PUBLISHED_MEANS.get(TABLES[table].paper, {})
    header = ["network", "hidden layers", "parameters", "seeds"] + [f"{title}, %" for title in FIGURES.values()] + ["best of runs, %"]
    header += [f"minus feed-forward, {title}" for title in FIGURES.values()]
    header += ["validation, best epoch, %"] * own_valid
    header += costs([], "ff")
    header += ["best on the test, %", "best on the test, mean, %"] * on_test
    if published:
        own = TABLES[table].corpus != "synthetic"
        where = "" if own else f" on {TABLES[TABLES[table].paper].title.split(' ')[0]}, another corpus"
        header += [f"published best{where}, %", f"published mean{where}, %"]
    rows = []
    for row, title in shown_rows(results, published).items():
        found = {figure: list(accuracies(results, row, figure).values()) for figure in (*FIGURES, "valid", "on-test")}
        best = found["best"] or found["last"]
        cells = [title, *network_cells(results, row), str(len(best)), *(mean_text(found[figure]) for figure in FIGURES), max_text(best)]
        for figure in FIGURES:
            others = list(accuracies(results, "ff", figure).values())
            compared = row not in ("ff", *BASELINES) and found[figure] and others
            cells.append(difference_text(*difference(found[figure], others)) if compared else NONE)
        cells += [mean_text(found["valid"])] * own_valid + cost_cells(results, row)
        cells += [max_text(found["on-test"]), mean_text(found["on-test"])] * on_test
        rows.append(cells + [published.get(row, NONE), means.get(row, NONE)] * bool(published))
    return markdown(header, rows).splitlines()


def by_speaker_table(results, figure):
    """Means over the seeds for each speaker left out; mean and worst over speakers."""
    speakers = sorted({each["fold"] for each in results})
    rows = []
    for row, title in shown_rows(results).items():
        found = accuracies(results, row, "best" if row == RIDGE else figure)  # its penalty is chosen by validation
        of_speaker = collections.defaultdict(list)
        for (speaker, _), value in found.items():
            of_speaker[speaker].append(value)
        means = {speaker: statistics.mean(values) for speaker, values in of_speaker.items()}
        cells = [f"{means[speaker]:.1f}" if speaker in means else NONE for speaker in speakers]
        whole = len(means) == len(speakers)  # a mean over some of the speakers is not that of all
        cells += [f"{statistics.mean(means.values()):.1f}", f"{min(means.values()):.1f}"] if whole else [NONE, NONE]
        rows.append([title, *network_cells(results, row), str(len(found)), *cells, *cost_cells(results, row)])
    header = ["network", "hidden layers", "parameters", "runs", *speakers, "mean", "worst", *costs([], "ff")]
    return markdown(header, rows).splitlines()


def paired_line(results, figure):
    values, others = (accuracies(results, row, figure) for row in ("srsc-bip", "ff"))
    if not values.keys() & others.keys():
        return []
    differences, mean, error = paired(values, others)
    line = f"SrSc-BIP minus feed-forward, {FIGURES[figure]}, paired over {len(differences)} (speaker, seed): {difference_text(mean, error)}"
    return [line + (f", {mean / error:.1f} standard errors" if error > 0 else "") + "."]


def verdict(title, mean, error):
    """Two standard errors are taken for a difference."""
    if math.isnan(error) or not error:
        return "more seeds would tell whether by chance"
    told = "cannot be told from chance" if abs(mean) < 2 * error else "is better" if mean > 0 else "is worse"
    return f"{abs(mean) / error:.1f} standard errors: {title} {told}"


# The paper's comparison has BIP on one side alone; the others have it on none and on both.
AGAINST_RANDOM = (("srsc-bip", "r"), ("srsc", "r"), ("srsc-bip", "r-bip"))


def against_random(results, by_speaker, rows):
    """What self-recurrence with skips is worth beside a random recurrent layer, and what the two cost."""
    own, name = TITLES[rows[0]], {"last": "last epoch", "best": "best by validation", "on-test": "best epoch on the test"}
    lines = []
    for figure, title in name.items():
        values, others = (accuracies(results, row, figure) for row in rows)
        if by_speaker:
            values, others = ({key: each[key] for key in values.keys() & others.keys()} for each in (values, others))
        if not values or not others:
            continue
        mine, its = statistics.mean(values.values()), statistics.mean(others.values())
        found = paired(values, others)[1:] if by_speaker else difference(list(values.values()), list(others.values()))
        lines.append(f"- accuracy, {title}: {mine:.2f} against {its:.2f} %, ratio {ratio_text(mine, its)}; difference {difference_text(*found)}, {verdict(own, *found)}.")
    if not lines:
        return []
    for what, mine in costs(results, rows[0]).items():
        its = costs(results, rows[1])[what]
        lines += [f"- {what}: {amount(mine)} against {amount(its)}, ratio {ratio_text(mine, its)}."] if mine is not None and its is not None else []
    layers = [network_cells(results, row)[0] for row in rows]
    other = "the random recurrent network R" + " with BIP" * (rows[1] == "r-bip")
    return ["", f"{own} ({layers[0]}) against {other} ({layers[1]}):", "", *lines]


def ratio_text(value, other):
    return f"{value / other:.3f}" if other else NONE


def command_of(table, results):
    """Gives these results again, data and folders apart."""
    setting = results[0]["setting"]
    words = ["scripts/reproduce", table, "--preset", setting["preset"], "--hidden", setting["hidden"], "--epochs", str(setting["epochs"]),
             "--seeds", str(max(each["seed"] for each in results))]
    rows = [row for row in NETWORKS if any(each["row"] == row for each in results)]
    words += ["--rows", ",".join(rows)] * (0 < len(rows) < len(NETWORKS))
    if setting["valid_fraction"] is not None:
        words += ["--valid-fraction", f"{setting['valid_fraction']:g}"]
    words += ["--split", setting["split"]] if "split" in setting else []
    words += ["--quick"] * ("quick" in setting)
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
        for rows in AGAINST_RANDOM:
            yield from against_random(results, False, rows)
        return
    for figure, title in FIGURES.items():
        if any(accuracies(results, row, figure) for row in TITLES):
            table_lines = by_speaker_table(results + baselines, figure)
            yield from [f"Test accuracy, %, {title}:", "", *table_lines, "", *paired_line(results, figure), ""]
    if any(each["protocol"] == "on-test" for each in results):
        yield from ["Best epoch chosen on the test set, as the paper does it, means over the seeds, %:", "", *by_speaker_table(results, "on-test"), ""]
    for rows in AGAINST_RANDOM:
        yield from against_random(results, True, rows)


def held_part(table):
    if TABLES[table].corpus in OWN_VALIDATION:
        return "the corpus' own validation part"
    if table == "fsdd-unseen":
        return "a speaker of the training, set aside by the seed"
    share = "voices of the training" if TABLES[table].by_speaker else f"{100 * VALID_FRACTION:g} % of the training's recordings"
    return f"{share}, set aside by the seed"


def stands_beside(baseline, setting):
    """Whether it saw the same parts. Ridge needs a validation part: where there is none, that of the table."""
    own = baseline["setting"]
    without = {**setting, "valid_fraction": None} if baseline["row"] == RIDGE and not setting["valid_fraction"] else setting
    return part_name(own) in (part_name(setting), part_name(without))


def notes(table, found):
    """What a reader of this table's rows should know."""
    plain = sorted(NETWORKS[row].title for row in {each["row"] for each in found if each["setting"]["preset"] not in ("paper", "plain")}
                   if row in NETWORKS and NETWORKS[row].is_plain)
    if plain:
        yield from ["", f"Trained by preset `plain`, whose neurons are the paper's: {'; '.join(plain)}."]
    for row, (title, reason) in NOT_RUN.items():
        if row in PUBLISHED.get(TABLES[table].paper, {}):
            yield from ["", f"{title} is not run: {reason}."]
    if any("quick" in each["setting"] for each in found):
        yield from ["", f"--quick: this tries the route, and its accuracies say nothing; reservoirs are {QUICK_RESERVOIR} times smaller than their names say."]


def report(out, table):
    """The text of OUT/TABLE.md; None where no run of the table has its result."""
    settings = collections.defaultdict(list)
    baselines, found = [], load(out, table)
    for each in found:
        (baselines if each["row"] in BASELINES else settings[setting_name(each["setting"])]).append(each)
    if not found:
        return None
    lines = [f"# {TABLES[table].title}", "", LEGEND.format(held=held_part(table)), *notes(table, found)]
    if any("validation" in each for each in found):
        lines += ["", "**No test part was there: what is called the test is the validation part**, on which *best by validation* is chosen as well. The",
                  "last epoch is not chosen."]
    for name, results in sorted(settings.items()):
        lines += section(table, name, results, [each for each in baselines if stands_beside(each, results[0]["setting"])])
    if not settings:
        lines += section(table, "baselines", baselines, [])
    return "\n".join(lines).rstrip() + "\n"
