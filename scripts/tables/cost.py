"""What the paper's setting will cost, told before it starts."""

import json

from corpora import output, streams_of
from plan import BASELINE, epochs_of
from rows import layers_of

# Seconds of CPU for a step of a recording in training: of a neuron, of a weight between layers and of a lateral one; and the share of it that scoring
# takes. Of a lateral weight of a reservoir, which is no more than run: it does not fit into the caches. Measured on 4,160 and 6,656 recordings of
# 78 channels x 100 steps, preset paper-alpha, 100-100-100, 400-400-400, 400-R400-400, R2000 and R5000, one thread of an AMD EPYC; an epoch
# takes between half and twice of what follows.
NEURON_S, WEIGHT_S, LATERAL_S, SCORING = 5e-9, 1.3e-11, 3e-11, 0.32
RESERVOIR_S = 2.5e-11


def seconds_a_step(layer_text, n_channels, n_classes, is_trained=True):
    parts = [str(n_channels), *layer_text.split("-"), str(n_classes)]
    sizes = [int(part.lstrip("R")) for part in parts]
    seconds = 0.0
    for part, n_from, n in zip(parts[1:], sizes, sizes[1:]):
        is_reservoir = part[0] == "R" and len(parts) == 3
        share = SCORING if is_reservoir or not is_trained else 1
        seconds += (NEURON_S * n + WEIGHT_S * n * n_from) * share
        if part[0] == "R":
            seconds += n * n * (RESERVOIR_S if is_reservoir else LATERAL_S * share)
    return seconds


def steps_of(stream):
    """(steps of all recordings, channels, classes)"""
    about = json.loads(output("ossicle-info", "--json", stream))
    return about["n_records"] * about["n_steps"]["median"], about["n_channels"], len(about["classes"])


def seconds_of(run, streams, about):
    """about: {stream: steps_of}. Skips count nothing here: they are a small part."""
    n_train, n_channels, n_classes = about[streams.train]
    text = layers_of(run.row, run.setting)
    training, scoring = (seconds_a_step(text, n_channels, n_classes, is_trained) for is_trained in (True, False))
    n_scored = about[streams.test][0] if run.protocol == "on-test" else 0.1 * n_train
    return epochs_of(run.row, run.setting) * (n_train * training + n_scored * scoring)


def told_cost(runs, out, n_jobs):
    """A sentence on the networks among these runs."""
    networks = [run for run in runs if run.protocol != BASELINE]
    streams = [streams_of(run, out) for run in networks]
    about = {stream: steps_of(stream) for stream in {each for found in streams for each in (found.train, found.test)}}
    hours = {run.id: seconds_of(run, found, about) / 3600 for run, found in zip(networks, streams)}
    total, reservoirs = sum(hours.values()), sum(hours[run.id] for run in networks if run.row.startswith("lsm"))
    return (f"{len(networks)} trainings of networks will take about {total:,.1f} hours of CPU, {reservoirs:,.1f} of them for reservoirs; with --jobs {n_jobs} "
            f"{total / max(1, min(n_jobs, len(networks))):,.1f} hours (an estimate from sizes, within a factor of two; --rows, --seeds and --epochs make it less)")
