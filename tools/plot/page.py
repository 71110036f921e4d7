"""One self-contained page of a run: curves, confusions, and pictures of the recordings that were answered worst."""

import heapq
import re
from html import escape

from gnuplot import draw
from messages import Failure
from recording import name_of, recording_figure, require_same_record

STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 sans-serif; color: #222; background: #fff; max-width: 980px; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.6em; margin-bottom: 0; } h2 { font-size: 1.25em; margin-top: 2em; border-bottom: 1px solid #ccc; }
figure { margin: 1em 0 2em; break-inside: avoid; } figcaption { margin-bottom: .4em; }
svg { max-width: 100%; height: auto; }
p.files { color: #555; margin-top: .3em; }
th, td { text-align: left; padding: .1em 1.2em .1em 0; font-variant-numeric: tabular-nums; }
@media print { body { margin: 0; max-width: none; font-size: 11pt; } h2 { break-after: avoid; } }
"""


def own_ids(svg, prefix):
    """An SVG file as an element of a page, its ids apart from those of others."""
    text = svg[svg.index("<svg") :]
    text = re.sub(r"\bid=(['\"])", rf"id=\1{prefix}-", text)
    return re.sub(r"(href=['\"]#|url\(#)", rf"\g<1>{prefix}-", text)


class Page:
    def __init__(self, names):
        self.parts = [
            f"<h1>A run in pictures</h1>\n<p class=\"files\">Drawn by ossicle-plot from {escape(', '.join(names))}</p>"
        ]
        self.n_figures = 0

    def heading(self, text):
        self.parts.append(f"<h2>{escape(text)}</h2>")

    def figure(self, figure, caption=""):
        self.n_figures += 1
        svg = own_ids(draw(figure, "svg").decode(), f"f{self.n_figures}")
        svg = svg.replace("<svg", f'<svg role="img" aria-label="{escape(figure.title)}"', 1)
        self.parts.append(f"<figure>\n{f'<figcaption>{caption}</figcaption>' if caption else ''}\n{svg}\n</figure>")

    def table(self, header, rows):
        lines = [f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in rows]
        self.parts.append(
            f"<table><tr>{''.join(f'<th>{escape(name)}</th>' for name in header)}</tr>\n"
            + "\n".join(lines)
            + "</table>"
        )

    def bytes(self):
        return (
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>A run in pictures</title>\n'
            f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>\n<body>\n'
            + "\n".join(self.parts)
            + "\n</body></html>\n"
        ).encode()


def margin_of(record, scores, name):
    """How far the right class lies above the best other one; negative where the answer is wrong."""
    others = [score for label, score in scores.items() if label != record.label]
    if record.label not in scores or not others:
        raise Failure(
            f"{name}: for {record.key} the score of '{record.label}' or of any other class is not listed; "
            "use ossicle-predict --json --top N with N the number of classes"
        )
    return scores[record.label] - max(others)


def worst_records(heard, answers, name, n_worst):
    """[(margin, record)], the smallest margin first, of the records that have a label."""
    found, n_labelled = [], 0
    for order, record in enumerate(heard.records()):
        if not record.label:
            continue
        if record.key not in answers:
            stream = heard.source.name
            raise Failure(
                f"{name}: has no answer for {record.key} of {stream}; run ossicle-predict --json on that stream"
            )
        n_labelled += 1
        entry = (-margin_of(record, answers[record.key], name), -order, record)
        (heapq.heappushpop if len(found) == n_worst else heapq.heappush)(found, entry)
    if not n_labelled:
        raise Failure(
            f"{heard.source.name}: no record has a label, and none can be called wrong; leave the answers out, or make the "
            "stream from a list"
        )
    return [(-margin, record) for margin, _, record in sorted(found, key=lambda entry: entry[:2], reverse=True)]


def answers_of(spikes, keys):
    """{key: record} of the spikes of these records; Failure where one is not there."""
    found = {record.key: record for record in spikes.records() if record.key in keys}
    missing = sorted(keys - found.keys())
    if missing:
        raise Failure(
            f"{spikes.source.name}: has no spikes for {missing[0]}; run ossicle-predict --spikes on the same stream"
        )
    return found


def add_worst(page, heard, spikes, answers, name, n_worst):
    worst = worst_records(heard, answers, name, n_worst)
    page.heading(f"The {len(worst)} recordings answered worst")
    page.table(
        ("recording", "label", "answer", "right class above the best other"),
        [(record.key, record.label, next(iter(answers[record.key])), f"{margin:.3f}") for margin, record in worst],
    )
    raster = answers_of(spikes, {record.key for _, record in worst}) if spikes else {}
    for _, record in worst:
        listed = ", ".join(f"{escape(label)} ({score:.1f})" for label, score in list(answers[record.key].items())[:3])
        answer = raster.get(record.key)
        if answer:
            require_same_record(heard, record, spikes, answer)
        page.figure(
            recording_figure(heard, record, spikes, answer, titled=False),
            f"<b>{escape(name_of(record))}</b>. Answered: {listed}.",
        )
