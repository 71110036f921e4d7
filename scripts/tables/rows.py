"""The rows of the tables: the networks that are trained, what stands beside them, and what is published of each."""

import collections
import math

# A network of ossicle-train. layers: its hidden ones, by the setting's three sizes A, B, C or by its own, R before a recurrent one.
# is_plain: trained by preset plain where the setting is not the paper's, since its rule or its reservoir is of the paper's neurons.
# most_epochs: what is enough of them.
Network = collections.namedtuple("Network", "title flags layers is_plain most_epochs", defaults=("A-B-C", False, math.inf))

_FORWARD = ["--no-self-recurrent", "--no-skip", "--no-bip"]
# Only what fires learns by this rule: with plain's smaller initial weights the last layer begins silent; at plain's rate the layers end in
# firing all the time (snn/LEARNING.md).
_SPIKE_TRAIN = ["--rule", "spike-train", "--w-scale", "1", "--lr", "0.0005"]
# A fifth of the neurons inhibits: W. Maass et al., Neural Computation 14, 2002. A spectral radius below 1, so that what was heard fades:
# H. Jaeger, GMD report 148, 2001. The share of connections is ours. The read-out is linear in the state, which is each neuron's mean PSC.
_RESERVOIR = [*_FORWARD, "--recurrent-density", "0.1", "--inhibitory-share", "0.2", "--spectral-radius", "0.9", "--freeze", "1",
              "--output-layer", "mean", "--loss", "mean-softmax", "--lr", "0.02", "--drop-channels", "0", "--shift-channels", "0", "--shift-steps", "0"]
_RESERVOIR_EPOCHS = 12
_RESERVOIR_TITLE = "liquid state machine, R{} (Wijesinghe et al. 2019)"

NETWORKS = {
    "ff": Network("feed-forward", _FORWARD),
    "sr": Network("Sr", ["--self-recurrent", "--no-skip", "--no-bip"]),
    "sr-bip": Network("Sr-BIP", ["--self-recurrent", "--no-skip", "--bip"]),
    "srsc": Network("SrSc", ["--self-recurrent", "--skip", "1:3", "--no-bip"]),
    "srsc-bip": Network("SrSc-BIP", ["--self-recurrent", "--skip", "1:3", "--bip"]),
    "r": Network("R: random recurrent, published by ST-RSBP (Zhang and Li 2019)", _FORWARD, "A-RB-C"),
    "r-bip": Network("R with BIP", ["--no-self-recurrent", "--no-skip", "--bip"], "A-RB-C"),
    "r-200": Network("R, as wide as published", _FORWARD, "200-R200-200"),
    "st-rsbp": Network("Sr by the rule of ST-RSBP", ["--self-recurrent", "--no-skip", "--no-bip", *_SPIKE_TRAIN], "A-B-C", True),
    "hm2": Network("HM2-BP (Jin, Zhang and Li 2018)", [*_FORWARD, *_SPIKE_TRAIN], "A-B", True),
    **{f"lsm-r{n}": Network(_RESERVOIR_TITLE.format(n), _RESERVOIR, f"R{n}", True, _RESERVOIR_EPOCHS) for n in (2000, 3200, 5000)},
}
ONLY = {"r-200": ("4", "digits")}  # tables of a row that is not of all
QUICK_RESERVOIR = 50  # so many times smaller with --quick

# Published and not run: title and reason.
SPILINC = "spilinc"
NOT_RUN = {SPILINC: ("SpiLinC, ensemble R3200 (Srinivasan et al. 2018)",
                     "the paper does not give its plasticity and its tagging of neurons completely enough to build them")}

RIDGE = "ridge"
# What is beside the networks, whatever their setting: ridge with one seed, the others with every one.
BASELINES = {
    RIDGE: "ridge on frames",
    "cnn": "convolutional network on frames",
    "gru": "GRU 128-128 on frames",
    "gru-200-200-100": "GRU 200-200-100 on frames (Anumula et al. 2018)",
    "lstm-250-250": "LSTM 250-250 on frames (Anumula et al. 2018)",
}
ROWS = [*NETWORKS, *(row for row in BASELINES if row != RIDGE)]  # to choose from

# The figures of the paper's tables 3, 4, 5, %: of its own networks those of five runs, each at its best epoch on the test: the best one, and
# the mean where it is given; of the others what the paper quotes.
PUBLISHED = {
    "3": {"ff": "93.14", "sr": "94.51", "sr-bip": "95.04", "srsc": "94.75", "srsc-bip": "95.90", "r": "93.35", "hm2": "90.60",
          "lsm-r2000": "78"},
    "4": {"ff": "98.66", "sr": "99.17", "sr-bip": "99.31", "srsc": "99.35", "srsc-bip": "99.69", "r-200": "99.39", "lsm-r5000": "78",
          SPILINC: "86.66"},
    "5": {"ff": "89.85", "sr": "94.02", "sr-bip": "94.35", "srsc": "94.46", "srsc-bip": "95.07", "r": "93.90",
          "gru-200-200-100": "89.69", "lstm-250-250": "90.90"},
}
PUBLISHED_MEANS = {"3": {"srsc-bip": "95.61 ± 0.18"}, "4": {"srsc-bip": "99.52 ± 0.13"}, "5": {"srsc-bip": "94.79 ± 0.22"}}


def layers_of(row, setting):
    """The hidden layers of a network's row, as 400-R400-400."""
    text = NETWORKS[row].layers
    for letter, size in zip("ABC", setting["hidden"].split("-")):
        text = text.replace(letter, size)
    return f"R{int(text[1:]) // QUICK_RESERVOIR}" if "quick" in setting and text[0] == "R" else text


def layer_flags(layers):
    """Of ossicle-train."""
    parts = layers.split("-")
    recurrent = [str(i) for i, part in enumerate(parts, 1) if part[0] == "R"]
    return ["--hidden", ",".join(part.lstrip("R") for part in parts), *(["--recurrent", ",".join(recurrent)] if recurrent else [])]
