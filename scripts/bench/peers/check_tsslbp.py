#!/usr/bin/env python3
"""Holds the torch rewrite of TSSL-BP against the project's double precision reference (tests/reference/reference_snn.py).

In float64 PSCs, loss and weight gradients must agree to 1e-9 of their largest value. Exit code 1 if they do not.
"""

import pathlib
import sys

import numpy as np
import torch

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[2] / "tests/reference")]
import reference_snn as reference  # noqa: E402
import tsslbp  # noqa: E402

SIZES, N_STEPS, N_BATCH = [12, 20, 16, 5], 60, 6
TOLERANCE = 1e-9  # sums of some hundred float64 terms in another order


def worst(found, wanted):
    return np.abs(found.detach().numpy() - wanted).max() / np.abs(wanted).max()


def errors(rule):
    """{quantity: largest difference, relative}"""
    rng = np.random.default_rng(1)
    x, labels = rng.random((N_BATCH, N_STEPS, SIZES[0])), np.arange(N_BATCH) % SIZES[-1]
    net = reference.Net(sizes=SIZES, rule=rule)
    parameters = reference.init_params(net, rng, w_scale=2.0)
    record = reference.forward(net, parameters, 2 * x)
    loss, error = reference.loss_and_grad("count", record.psc[-1], labels, net, desired=0.3 * N_STEPS, undesired=0.03 * N_STEPS)
    gradients = reference.backward(net, parameters, record, error)[0]

    network = tsslbp.Network(SIZES, rule=rule).double()
    with torch.no_grad():
        for layer, w in enumerate(network.weights):
            w.copy_(torch.from_numpy(parameters.w[layer, layer + 1]))
    pscs = network.pscs(torch.from_numpy(x).transpose(0, 1))
    own_loss = tsslbp.count_loss(pscs[-1], torch.from_numpy(labels))
    own_loss.backward()
    found = {"loss": abs(own_loss.item() - loss) / loss}
    for layer, w in enumerate(network.weights):
        found[f"PSC {layer + 1}"] = worst(pscs[layer].transpose(0, 1), record.psc[layer + 1])
        found[f"dW {layer + 1}"] = worst(w.grad, gradients.w[layer, layer + 1])
    return found


def main():
    bad = 0
    for rule in ("surrogate", "step"):
        found = errors(rule)
        bad += max(found.values()) > TOLERANCE
        listed = ", ".join(f"{name} {error:.1e}" for name, error in found.items())
        print(f"tsslbp.py, rule {rule}, against the reference: {listed}", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
