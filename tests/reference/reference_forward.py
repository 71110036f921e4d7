"""Float64 reference of the network and its forward pass, in numpy (see reference_snn.py)."""
from dataclasses import dataclass, field

import numpy as np

from reference_training import synapse

NORM_EPS = 1e-5
NORM_RATE = 0.1  # of the running mean and variance


@dataclass
class Net:
    """Shape and constants of a network."""

    sizes: list  # N_0 .. N_L
    tau_m: float = 16.0
    tau_s: float = 8.0
    v_th: float = 1.0
    self_recurrent: tuple = ()  # layers with a self-recurrent weight
    bip: tuple = ()  # layers whose theta is trained
    skips: tuple = ()  # extra connections (from, to), from < to
    rule: str = "step"  # how delta comes from the error: step, surrogate, layer or spike-train (snn/EQUATIONS.md)
    bound: float = 8.0  # of 1/du at a spike
    layer_rate: float = 0.1  # rule "layer": mean rate above which a layer leaves the surrogate
    input_delays: tuple = (0,)  # of 0 -> 1, in steps
    forward_delays: tuple = (0,)  # of l -> l+1, l >= 1
    skip_delays: tuple = (0,)
    bias: bool = False  # a normalised network has it in any case
    normalised: bool = False
    readout: str = "spiking"  # the output layer: spiking, mean or leaky
    adaptive: tuple = ()  # layers with an adaptation current
    recurrent: tuple = ()  # hidden layers with a lateral matrix, one step of delay
    recurrent_density: float = 1.0  # below 1: zeros of lateral matrices are missing connections

    @property
    def layers(self):
        return range(1, len(self.sizes))

    @property
    def connections(self):
        chain = [(i - 1, i, self.forward_delays if i > 1 else self.input_delays) for i in self.layers]
        pairs = chain + [(*s, self.skip_delays) for s in self.skips]
        return [(a, b, d) if d else (a, b) for a, b, delays in pairs for d in delays]

    @property
    def has_bias(self):
        return self.bias or self.normalised

    def fires(self, layer):
        return layer != self.layers[-1] or self.readout == "spiking"

    def has_membrane(self, layer):
        """Read-out mean has none: its potential is its current."""
        return self.fires(layer) or self.readout == "leaky"

    def normalises(self, layer):
        return self.normalised and self.fires(layer)

    def into(self, layer):
        return [c for c in self.connections if c[1] == layer]

    def out_of(self, layer):
        return [c for c in self.connections if c[0] == layer]


def delay_of(connection):
    return connection[2] if len(connection) > 2 else 0


def name_of(connection):
    return f"w_{connection[0]}_{connection[1]}" + (f"_d{delay_of(connection)}" if delay_of(connection) else "")


@dataclass
class Params:
    """w[connection], and one array a layer of each other kind.  Also holds gradients."""

    w: dict = field(default_factory=dict)
    w_rec: dict = field(default_factory=dict)
    w_self: dict = field(default_factory=dict)
    theta: dict = field(default_factory=dict)
    bias: dict = field(default_factory=dict)
    norm_gain: dict = field(default_factory=dict)
    adapt: dict = field(default_factory=dict)  # beta, the strength of the adaptation
    rho: dict = field(default_factory=dict)  # its decay a step

    def items(self, net):
        """The trained arrays as (name, array), in one fixed order."""
        for c in net.connections:
            yield name_of(c), self.w[c]
        every = list(net.layers)
        kinds = (("w_rec", net.recurrent), ("w_self", net.self_recurrent), ("theta", net.bip), ("bias", every if net.has_bias else []),
                 ("norm_gain", [i for i in every if net.normalises(i)]), ("adapt", net.adaptive), ("rho", net.adaptive))
        for kind, layers in kinds:
            for i in net.layers:
                if i in layers:
                    yield f"{kind}_{i}", getattr(self, kind)[i]

    def copy(self):
        return Params(**{kind: {k: v.copy() for k, v in group.items()} for kind, group in vars(self).items()})


def init_params(net, rng, w_scale=1.0, w_self_mean=0.0, w_self_std=0.0, adapt=0.0, tau_a=20.0):
    p = Params()
    for c in net.connections:
        n_delays = sum(other[:2] == c[:2] for other in net.connections)
        std = w_scale * np.sqrt(2 / (net.sizes[c[0]] * n_delays))
        p.w[c] = rng.normal(0, std, (net.sizes[c[1]], net.sizes[c[0]]))
    for i in net.layers:
        n = net.sizes[i]
        p.theta[i] = np.full(n, 1 - 1 / net.tau_m if net.has_membrane(i) else 0.0)
        if i in net.self_recurrent:
            p.w_self[i] = rng.normal(w_self_mean, w_self_std, n) if w_self_std else np.full(n, w_self_mean)
        if i in net.recurrent:
            p.w_rec[i] = rng.normal(0, 0.5 * w_scale * np.sqrt(2 / (n * net.recurrent_density)), (n, n))
            p.w_rec[i] *= rng.random((n, n)) < net.recurrent_density
        if net.has_bias:
            p.bias[i] = np.zeros(n)
        if net.normalises(i):
            p.norm_gain[i] = np.ones(n)
        if i in net.adaptive:
            p.adapt[i], p.rho[i] = np.full(n, adapt), np.full(n, 1 - 1 / tau_a)
    return p


# ---------------------------------------------------------------- forward


def later(x, steps):
    """y[t] = x[t - steps], 0 before the first step."""
    y = np.zeros_like(x)
    y[:, steps:] = x[:, : max(0, x.shape[1] - steps)]
    return y


def earlier(x, steps):
    """y[t] = x[t + steps], 0 behind the last step."""
    return later(x[:, ::-1], steps)[:, ::-1]


@dataclass
class Record:
    """What a forward pass leaves: lists over populations; index 0 is the input (only spike, its values, and psc are set)."""

    real: np.ndarray  # (B, T, 1): 1 within an utterance
    psc: list  # of a read-out: its potential
    u: list  # potentials before the reset
    spike: list
    carry: list  # carry[t]: potential that step t starts from, after the reset at t-1
    tired: list  # adaptation current g[t-1] that step t starts from
    norm: dict  # layer -> (mean, variance, normalised drive) of a normalised network


def layer_drive(net, p, rec, i):
    """What enters the synapses of layer i."""
    drive = sum(later(rec.spike[c[0]], delay_of(c)) @ p.w[c].T for c in net.into(i))
    if net.normalises(i):
        rows = rec.real.sum()
        mean = (drive * rec.real).sum((0, 1)) / rows
        variance = ((drive - mean) ** 2 * rec.real).sum((0, 1)) / rows
        hat = (drive - mean) / np.sqrt(variance + NORM_EPS)
        rec.norm[i] = mean, variance, hat
        drive = p.norm_gain[i] * hat
    return drive + p.bias[i] if net.has_bias else drive


def forward(net, p, x, lengths=None):
    x = np.asarray(x, float)
    batch, steps, _ = x.shape
    ends = np.full(batch, steps) if lengths is None else np.asarray(lengths)
    real = (np.arange(steps)[None, :, None] < ends[:, None, None]).astype(float)
    rec = Record(real, [synapse(x * real, net.tau_s) * real], [None], [x * real], [None], [None], {})
    for i in net.layers:
        drive = layer_drive(net, p, rec, i)
        current = synapse(drive, net.tau_s)
        w_self = p.w_self[i] if i in net.self_recurrent else 0.0
        w_rec = p.w_rec[i] if i in net.recurrent else np.zeros((net.sizes[i], net.sizes[i]))
        beta, rho = (p.adapt[i], p.rho[i]) if i in net.adaptive else (0.0, 0.0)
        theta = p.theta[i] if net.has_membrane(i) else 0.0
        u, s, a, carry, tired = (np.zeros((batch, steps, net.sizes[i])) for _ in range(5))
        held, psc, g = (np.zeros((batch, net.sizes[i])) for _ in range(3))
        for t in range(steps):
            carry[:, t], tired[:, t] = held, g
            u[:, t] = theta * held + current[:, t] + w_self * psc + psc @ w_rec.T - beta * g
            if net.fires(i):
                s[:, t] = u[:, t] > net.v_th
            held = u[:, t] * (1 - s[:, t])
            psc = (1 - 1 / net.tau_s) * psc + s[:, t] / net.tau_s
            a[:, t] = psc if net.fires(i) else u[:, t]
            g = rho * g + s[:, t]
        for store, value in zip((rec.psc, rec.u, rec.spike, rec.carry, rec.tired), (a, u, s, carry, tired)):
            store.append(value * real)
    return rec


def fold(net, p, mean, variance):
    """The plain network with bias that a normalised one becomes, with running mean[layer] and variance[layer]."""
    plain, q = Net(**(vars(net) | dict(normalised=False, bias=True))), p.copy()
    q.norm_gain = {}
    for i in filter(net.normalises, net.layers):
        scale = p.norm_gain[i] / np.sqrt(variance[i] + NORM_EPS)
        q.bias[i] = p.bias[i] - mean[i] * scale
        for c in net.into(i):
            q.w[c] = p.w[c] * scale[:, None]
    return plain, q


class RunningNorm:
    """Mean and variance of the drive, followed over the batches of a training."""

    def __init__(self, net):
        self.mean = {i: np.zeros(net.sizes[i]) for i in net.layers if net.normalises(i)}
        self.variance = {i: np.ones(n) for i, n in ((i, net.sizes[i]) for i in self.mean)}
        self.n_batches = 0

    def follow(self, rec):
        self.n_batches += 1
        rate = NORM_RATE / (1.0 - (1.0 - NORM_RATE) ** self.n_batches)
        for i, (mean, variance, _) in rec.norm.items():
            self.mean[i] = self.mean[i] + rate * (mean - self.mean[i])
            self.variance[i] = self.variance[i] + rate * (variance - self.variance[i])
