"""The other networks: an LSTM with as many parameters, spikingjelly's multi-step LIF, snntorch's Leaky and RLeaky."""

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
    """The linear maps of all steps at once, then Leaky step by step: faster than both step by step. recurrent: layers, from 1, of
    RLeaky with a full lateral matrix."""

    def __init__(self, sizes, recurrent=()):
        super().__init__()
        import snntorch

        pairs, beta = list(zip(sizes, sizes[1:])), 1 - 1 / 16
        self.linear = torch.nn.ModuleList(torch.nn.Linear(n_in, n_out, bias=False) for n_in, n_out in pairs)
        self.neurons = torch.nn.ModuleList(
            snntorch.RLeaky(beta=beta, linear_features=n_out) if layer in recurrent else snntorch.Leaky(beta=beta)
            for layer, (_, n_out) in enumerate(pairs, 1)
        )

    def forward(self, x):
        for linear, neuron in zip(self.linear, self.neurons):
            state, spikes = neuron.init_rleaky() if hasattr(neuron, "recurrent") else (neuron.init_leaky(),), []
            for current in linear(x):
                spike, memory = neuron(current, *state)
                state = (spike, memory) if len(state) == 2 else (memory,)
                spikes.append(spike)
            x = torch.stack(spikes)
        return x.mean(0)


BY_NAME = {
    "lstm": Lstm,
    "spikingjelly": SpikingJelly,
    "snntorch": SnnTorch,
    "snntorch-recurrent": lambda sizes: SnnTorch(sizes, recurrent=(2,)),
}
