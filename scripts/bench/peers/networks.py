"""The other networks: an LSTM with as many parameters, spikingjelly's multi-step LIF, snntorch's Leaky."""

import math

import torch


def n_parameters(sizes):
    return sum(a * b for a, b in zip(sizes, sizes[1:]))


class Lstm(torch.nn.Module):
    """One layer of LSTM and a linear read-out of its mean output; its width gives at most as many parameters as `sizes`."""

    def __init__(self, sizes):
        super().__init__()
        n_in, n_out = sizes[0], sizes[-1]
        # 4 H (n_in + H + 2) + (H + 1) n_out parameters
        linear, constant = 4 * n_in + 8 + n_out, n_out - n_parameters(sizes)
        self.width = int((-linear + math.sqrt(linear**2 - 16 * constant)) / 8)
        self.lstm = torch.nn.LSTM(n_in, self.width)
        self.read_out = torch.nn.Linear(self.width, n_out)

    def forward(self, x):
        return self.read_out(self.lstm(x)[0].mean(0))


class SpikingJelly(torch.nn.Module):
    def __init__(self, sizes):
        super().__init__()
        from spikingjelly.activation_based import functional, neuron, surrogate

        self.reset = functional.reset_net
        layers = []
        for n_in, n_out in zip(sizes, sizes[1:]):
            layers.append(torch.nn.Linear(n_in, n_out, bias=False))
            layers.append(
                neuron.LIFNode(tau=16.0, decay_input=False, surrogate_function=surrogate.ATan(), detach_reset=True, step_mode="m")
            )
        self.layers = torch.nn.Sequential(*layers)

    def forward(self, x):
        self.reset(self.layers)
        return self.layers(x).mean(0)


class SnnTorch(torch.nn.Module):
    """The linear maps of all steps at once, then Leaky step by step: faster than both step by step."""

    def __init__(self, sizes):
        super().__init__()
        import snntorch

        pairs = list(zip(sizes, sizes[1:]))
        self.linear = torch.nn.ModuleList(torch.nn.Linear(n_in, n_out, bias=False) for n_in, n_out in pairs)
        self.neurons = torch.nn.ModuleList(snntorch.Leaky(beta=1 - 1 / 16) for _ in pairs)

    def forward(self, x):
        for linear, neuron in zip(self.linear, self.neurons):
            memory, spikes = neuron.init_leaky(), []
            for current in linear(x):
                spike, memory = neuron(current, memory)
                spikes.append(spike)
            x = torch.stack(spikes)
        return x.mean(0)
