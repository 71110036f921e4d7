"""Float64 reference of the losses and of the optimiser step, in numpy (see reference_snn.py)."""
from dataclasses import dataclass

import numpy as np


def synapse(x, tau_s):
    """a[t] = (1 - 1/tau_s) a[t-1] + x[t] / tau_s along axis 1."""
    a = np.zeros(x.shape)
    state = np.zeros(x[:, 0].shape)
    for t in range(x.shape[1]):
        state = (1 - 1 / tau_s) * state + x[:, t] / tau_s
        a[:, t] = state
    return a


# ---------------------------------------------------------------- losses


def target_pattern(steps):
    """Desired spikes of the labelled output neuron (the code's pattern, cut to any number of steps)."""
    t = np.arange(steps)
    return (t % 2 == 1 if steps >= 10 else t % 5 != 0).astype(float)


def softmax_loss(logits, hot, smoothing):
    """Mean cross-entropy of softmax(logits) with smoothed labels, and its gradient to the logits."""
    batch, classes = logits.shape
    target = (1 - smoothing) * hot + smoothing / classes
    shifted = logits - logits.max(1, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
    return -np.mean(np.sum(target * logp, 1)), (np.exp(logp) - target) / batch


def kernel_loss(out, hot, lengths, tau_s, target_passes):
    trace = np.zeros(out.shape[:2] + (1,))
    for b, steps in enumerate(lengths):
        wanted = target_pattern(steps)[None, :, None]
        for _ in range(target_passes):
            wanted = synapse(wanted, tau_s)
        trace[b, :steps] = wanted[0]
    diff = out - hot[:, None, :] * trace
    return 0.5 * np.sum(diff**2), diff


def loss_and_grad(kind, out, labels, net, target_passes=1, desired=None, undesired=None, logit_gain=1.0, label_smoothing=0.0, lengths=None):
    """out: what the output layer is read by (B, T, classes): its PSCs, or the potentials of a read-out; 0 behind the end of
    an utterance.  lengths: steps of each utterance, all T if None.  Returns the loss and its gradient to out."""
    batch, steps, classes = out.shape
    lengths = np.full(batch, steps) if lengths is None else np.asarray(lengths)
    hot = np.eye(classes)[labels]
    if kind == "kernel":
        return kernel_loss(out, hot, lengths, net.tau_s, target_passes)
    total, own_steps = out.sum(1), lengths[:, None]
    if kind == "count":
        diff = (total - np.where(hot > 0, desired, undesired)) / own_steps
        diff = np.where(hot > 0, np.minimum(diff, 0), np.maximum(diff, 0))
        loss, to_total = 0.5 * np.sum(own_steps * diff**2), diff
    elif kind == "softmax":
        loss, to_total = softmax_loss(total, hot, label_smoothing)
    elif kind == "mean-softmax":
        scale = logit_gain / own_steps
        loss, to_logits = softmax_loss(scale * total, hot, label_smoothing)
        to_total = scale * to_logits
    else:
        raise ValueError(kind)
    inside = np.arange(steps)[None, :, None] < lengths[:, None, None]
    return loss, to_total[:, None, :] * inside


def decide(out):
    """Class with the largest sum over the steps; the lowest index wins a tie."""
    return out.sum(1).argmax(1)


# ---------------------------------------------------------------- training step


@dataclass
class Trainer:
    """Global-norm clip, Adam with decoupled weight decay, bounds on the parameters."""

    lr: float = 0.005
    lr_theta: float = 0.005  # of theta and of the adaptation's beta and rho
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    weight_decay: float = 0.0  # of synaptic weights only
    clip_norm: float = 1.0
    clip_weight: float = 4.0  # every array without a bound of its own
    theta_min: float = 0.0
    theta_max: float = 0.999

    def __post_init__(self):
        self.step_count, self.m, self.v = 0, {}, {}

    def bounds(self, name):
        if name.startswith("theta"):
            return self.theta_min, self.theta_max
        if name.startswith("rho"):
            return 0.0, self.theta_max
        if name.startswith("adapt"):
            return 0.0, self.clip_weight
        return -self.clip_weight, self.clip_weight

    def step(self, net, p, grads):
        """Updates p in place; returns the gradient norm before the clip."""
        g = dict(grads.items(net))
        norm = np.sqrt(sum(np.sum(v**2) for v in g.values()))
        factor = min(1.0, self.clip_norm / (norm + 1e-6))
        self.step_count += 1
        fix1 = 1 - self.beta1**self.step_count
        fix2 = 1 - self.beta2**self.step_count
        for name, value in p.items(net):
            lr = self.lr_theta if name.startswith(("theta", "rho", "adapt")) else self.lr
            grad = g[name] * factor
            m = self.m[name] = self.beta1 * self.m.get(name, 0.0) + (1 - self.beta1) * grad
            v = self.v[name] = self.beta2 * self.v.get(name, 0.0) + (1 - self.beta2) * grad**2
            if name.startswith("w_") and not name.startswith("w_self"):
                value *= 1 - lr * self.weight_decay
            value -= lr * (m / fix1) / (np.sqrt(v / fix2) + self.eps)
            np.clip(value, *self.bounds(name), out=value)
        return norm
