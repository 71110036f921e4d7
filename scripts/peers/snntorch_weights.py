#!/usr/bin/env python3
"""A network of snnTorch with random weights, for the import of weights made elsewhere.

  snntorch_weights.py make STREAM WEIGHTS SPIKES    writes its weights (safetensors) and its spikes for a stream (npy)
  snntorch_weights.py compare SPIKES STREAM         with what ossicle-predict --spikes all gives; exit code 1: not the same
"""

import sys

import numpy as np
import snntorch
import torch
from safetensors.torch import save_file

from simulate_nir import read_stream, report

N_RECORDS = 50
SIZES = (78, 50, 10)
ALPHA = 0.875  # 1 - 1/tau_s, tau_s = 8


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        n_in, n_hidden, n_out = SIZES
        neuron = {"alpha": ALPHA, "threshold": 1.0, "reset_mechanism": "zero", "reset_delay": False}
        self.fc1 = torch.nn.Linear(n_in, n_hidden, bias=False)
        self.lif1 = snntorch.Synaptic(beta=0.95 * torch.rand(n_hidden), **neuron)
        self.fc2 = torch.nn.Linear(n_hidden, n_out, bias=False)
        self.lif2 = snntorch.Synaptic(beta=0.9375, **neuron)

    def forward(self, inputs):
        states = [[torch.zeros(len(inputs), n)] * 2 for n in SIZES[1:]]
        steps = []
        for step in range(inputs.shape[1]):
            hidden, *states[0] = self.lif1(self.fc1(inputs[:, step]), *states[0])
            out, *states[1] = self.lif2(self.fc2(hidden), *states[1])
            steps.append(torch.cat([hidden, out], 1))
        return torch.stack(steps, 1)


def make(stream, weights, spikes):
    torch.manual_seed(1)
    torch.set_grad_enabled(False)
    network = Network()
    # The rest of the state are constants, which ossicle-convert is told.
    save_file({name: value.clone() for name, value in network.state_dict().items() if name.endswith(("weight", "beta"))}, weights)
    np.save(spikes, network(torch.from_numpy(np.stack(list(read_stream(stream, N_RECORDS).values())))).numpy())
    return 0


def compare(spikes, stream):
    found = np.stack(list(read_stream(stream, N_RECORDS).values()))
    return 0 if report("weights of snnTorch, every layer", found, np.load(spikes)) else 1


if __name__ == "__main__":
    sys.exit({"make": make, "compare": compare}[sys.argv[1]](*sys.argv[2:]))
