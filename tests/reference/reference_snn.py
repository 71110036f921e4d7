"""Float64 reference of spiking networks trained with TSSL-BP, in numpy.

Feed-forward, self-recurrent and skip-connected layers of leaky integrate-and-fire neurons with
first-order synapses; gradients of synaptic weights, self-recurrent weights and of the membrane
decay theta of each neuron (BIP).  The witness of the tests: it shares no line with snn/, and its equations are those of
snn/EQUATIONS.md, written for clarity alone.

Populations are numbered 0 (network input), 1 .. L (layers).  A connection is a pair (from, to).
Arrays over time have the shape (B, T, N), weights (N_to, N_from), per-neuron parameters (N,).
"""
from dataclasses import dataclass, field

import numpy as np

SURROGATE_WIDTH = 0.2
CLAMP = 8.0  # bound of the surrogate's argument


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
    rule: str = "step"  # how delta comes from the error: step, surrogate or layer (snn/EQUATIONS.md)
    bound: float = 8.0  # of 1/du at a spike
    layer_rate: float = 0.1  # rule "layer": mean rate above which a layer leaves the surrogate

    @property
    def layers(self):
        return range(1, len(self.sizes))

    @property
    def connections(self):
        return [(i - 1, i) for i in self.layers] + [tuple(s) for s in self.skips]

    def into(self, layer):
        return [c for c in self.connections if c[1] == layer]

    def out_of(self, layer):
        return [c for c in self.connections if c[0] == layer]


@dataclass
class Params:
    """w[(from, to)], w_self[layer], theta[layer].  Also holds gradients and optimiser moments."""

    w: dict = field(default_factory=dict)
    w_self: dict = field(default_factory=dict)
    theta: dict = field(default_factory=dict)

    def items(self, net):
        """The trained arrays as (name, array), in one fixed order."""
        for c in net.connections:
            yield f"w_{c[0]}_{c[1]}", self.w[c]
        for i in net.layers:
            if i in net.self_recurrent:
                yield f"w_self_{i}", self.w_self[i]
        for i in net.layers:
            if i in net.bip:
                yield f"theta_{i}", self.theta[i]

    def copy(self):
        return Params(*({k: v.copy() for k, v in d.items()} for d in (self.w, self.w_self, self.theta)))


def init_params(net, rng, w_scale=1.0, w_self_mean=0.0, w_self_std=0.0):
    p = Params()
    for a, b in net.connections:
        std = w_scale * np.sqrt(2 / net.sizes[a])
        p.w[a, b] = rng.normal(0, std, (net.sizes[b], net.sizes[a]))
    for i in net.layers:
        n = net.sizes[i]
        p.theta[i] = np.full(n, 1 - 1 / net.tau_m)
        if i in net.self_recurrent:
            p.w_self[i] = rng.normal(w_self_mean, w_self_std, n) if w_self_std else np.full(n, w_self_mean)
    return p


# ---------------------------------------------------------------- forward


def synapse(x, tau_s):
    """a[t] = (1 - 1/tau_s) a[t-1] + x[t] / tau_s along axis 1."""
    a = np.zeros(x.shape)
    state = np.zeros(x[:, 0].shape)
    for t in range(x.shape[1]):
        state = (1 - 1 / tau_s) * state + x[:, t] / tau_s
        a[:, t] = state
    return a


@dataclass
class Record:
    """What a forward pass leaves: lists over populations; index 0 is the input (only psc is set)."""

    psc: list
    u: list  # potentials before the reset
    spike: list
    carry: list  # carry[t]: potential that step t starts from, after the reset at t-1


def forward(net, p, x):
    a0 = synapse(np.asarray(x, float), net.tau_s)
    batch, steps, _ = a0.shape
    rec = Record([a0], [None], [None], [None])
    for i in net.layers:
        drive = sum(rec.psc[c[0]] @ p.w[c].T for c in net.into(i))
        w_self = p.w_self[i] if i in net.self_recurrent else 0.0
        u, s, a, carry = (np.zeros((batch, steps, net.sizes[i])) for _ in range(4))
        held = np.zeros((batch, net.sizes[i]))
        psc = np.zeros((batch, net.sizes[i]))
        for t in range(steps):
            carry[:, t] = held
            u[:, t] = p.theta[i] * held + drive[:, t] + w_self * psc
            s[:, t] = u[:, t] > net.v_th
            held = u[:, t] * (1 - s[:, t])
            psc = (1 - 1 / net.tau_s) * psc + s[:, t] / net.tau_s
            a[:, t] = psc
        for store, value in zip((rec.psc, rec.u, rec.spike, rec.carry), (a, u, s, carry)):
            store.append(value)
    return rec


# ---------------------------------------------------------------- losses


def target_pattern(steps):
    """Desired spikes of the labelled output neuron (the code's pattern, cut to any number of steps)."""
    t = np.arange(steps)
    return (t % 2 == 1 if steps >= 10 else t % 5 != 0).astype(float)


def loss_and_grad(kind, out, labels, net, target_passes=1, desired=None, undesired=None):
    """out: output PSCs (B, T, classes).  Returns the loss and its gradient to out."""
    batch, steps, classes = out.shape
    hot = np.eye(classes)[labels]
    if kind == "kernel":
        trace = target_pattern(steps)[None, :, None]
        for _ in range(target_passes):
            trace = synapse(trace, net.tau_s)
        diff = out - hot[:, None, :] * trace
        return 0.5 * np.sum(diff**2), diff
    total = out.sum(1)
    if kind == "count":
        diff = (total - np.where(hot > 0, desired, undesired)) / steps
        diff = np.where(hot > 0, np.minimum(diff, 0), np.maximum(diff, 0))
        grad = np.repeat(diff[:, None, :], steps, 1)
        return 0.5 * np.sum(grad**2), grad
    if kind == "softmax":
        shifted = total - total.max(1, keepdims=True)
        logp = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        loss = -np.mean(np.sum(hot * logp, 1))
        return loss, np.repeat(((np.exp(logp) - hot) / batch)[:, None, :], steps, 1)
    raise ValueError(kind)


def decide(out):
    """Class with the largest summed output PSC; the lowest index wins a tie."""
    return out.sum(1).argmax(1)


# ---------------------------------------------------------------- backward


def spike_slope(u, carry, spike, bound):
    """q: 1/du bounded to [0, bound] at a spike, 0 elsewhere."""
    du = np.where(spike > 0, u - carry, 1.0)
    return spike * np.clip(1 / du, 0, bound)


def surrogate(u, v_th):
    z = np.exp(np.clip((v_th - u) / SURROGATE_WIDTH, -CLAMP, CLAMP))
    return z / (SURROGATE_WIDTH * (1 + z) ** 2)


def backward(net, p, rec, grad_out):
    """Returns the gradients (Params), delta[layer] = dL/d(input current), and grad_psc[layer].

    grad_psc holds the error arriving at a layer's PSCs from later layers (or the loss), without
    the layer's own self-recurrent part.
    """
    decay = 1 - 1 / net.tau_s
    grads, delta, grad_psc = Params(), {}, {}
    for i in reversed(net.layers):
        g = sum(delta[c[1]] @ p.w[c] for c in net.out_of(i)) if net.out_of(i) else 0
        if i == len(net.sizes) - 1:
            g = g + grad_out
        u, s, a = rec.u[i], rec.spike[i], rec.psc[i]
        q = spike_slope(u, rec.carry[i], s, net.bound)
        f = surrogate(u, net.v_th)
        if net.rule == "step":
            warm = a < 1 / (4 * net.tau_s)
        else:
            warm = np.full(u.shape, net.rule == "surrogate" or s.mean() <= net.layer_rate)
        theta = p.theta[i]
        w_self = p.w_self[i] if i in net.self_recurrent else 0.0
        d = np.zeros_like(u)
        trace = error = later = np.zeros_like(u[:, 0])
        for t in range(u.shape[1] - 1, -1, -1):
            arriving = g[:, t] + w_self * later
            reset = s[:, t] * (1 - theta) * u[:, t] * error  # what a spike takes from the next spike
            if net.rule == "layer":
                trace = decay * trace + (arriving + reset) / net.tau_s
                error = np.where(s[:, t] > 0, arriving, theta * error)
                settled = q[:, t] * trace
            else:
                trace = decay * trace + arriving / net.tau_s
                settled = error = np.where(s[:, t] > 0, q[:, t] * (trace + reset), theta * error)
            later = d[:, t] = np.where(warm[:, t], f[:, t] * trace, settled)
        delta[i], grad_psc[i] = d, g
        for c in net.into(i):
            grads.w[c] = np.einsum("btn,btm->nm", d, rec.psc[c[0]])
        if i in net.self_recurrent:
            grads.w_self[i] = np.einsum("btn,btn->n", d[:, 1:], a[:, :-1])
        if i in net.bip:
            grads.theta[i] = np.einsum("btn,btn->n", d, rec.carry[i])
    return grads, delta, grad_psc


# ---------------------------------------------------------------- training step


@dataclass
class Trainer:
    """Global-norm clip, Adam with decoupled weight decay, bounds on the parameters."""

    lr: float = 0.005
    lr_theta: float = 0.005
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    weight_decay: float = 0.0  # of synaptic weights only
    clip_norm: float = 1.0
    clip_weight: float = 4.0  # synaptic and self-recurrent weights
    theta_min: float = 0.0
    theta_max: float = 0.999

    def __post_init__(self):
        self.step_count, self.m, self.v = 0, {}, {}

    def step(self, net, p, grads):
        """Updates p in place; returns the gradient norm before the clip."""
        g = dict(grads.items(net))
        norm = np.sqrt(sum(np.sum(v**2) for v in g.values()))
        factor = min(1.0, self.clip_norm / (norm + 1e-6))
        self.step_count += 1
        fix1 = 1 - self.beta1**self.step_count
        fix2 = 1 - self.beta2**self.step_count
        for name, value in p.items(net):
            is_theta = name.startswith("theta")
            lr = self.lr_theta if is_theta else self.lr
            grad = g[name] * factor
            m = self.m[name] = self.beta1 * self.m.get(name, 0.0) + (1 - self.beta1) * grad
            v = self.v[name] = self.beta2 * self.v.get(name, 0.0) + (1 - self.beta2) * grad**2
            if name.startswith("w_") and not name.startswith("w_self"):
                value *= 1 - lr * self.weight_decay
            value -= lr * (m / fix1) / (np.sqrt(v / fix2) + self.eps)
            low, high = (self.theta_min, self.theta_max) if is_theta else (-self.clip_weight, self.clip_weight)
            np.clip(value, low, high, out=value)
        return norm
