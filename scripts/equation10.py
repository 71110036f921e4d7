#!/usr/bin/env python3
"""Shows how far equation 10 of the ScSr paper (snn/EQUATIONS.md) holds: two self-recurrent layers as one recurrent layer.

Both are built from the same random weights and hear the same random spike trains. With linear neurons, a = h u and no reset,
putting equation 8 of the first layer into that of the second gives, where W2 is square and has an inverse,

  u2[t] = (A2 + B) u2[t-1] - B A2 u2[t-2] + h W2 W1 x[t],   A = theta + h w_s of a layer (diagonal),   B = W2 A1 W2^-1

Printed are the relative errors of this and of input terms with a factor more or less, then, for spiking neurons, the correlation of
the recurrent layer's PSCs with those of the second layer, all neurons and steps together. There is no h of a spiking neuron: a
number of them are tried, and the best is shown. exit code 0: shown; 2: could not.
"""

import argparse
import sys

try:
    import numpy as np
except ImportError:
    np = None

THETA, TAU_S_STEPS, V_TH = 1 - 1 / 16, 8, 1.0  # the paper's table 1, TI46
LARGEST_W_SELF = 0.5
LARGEST_GAIN = (1 - THETA) / LARGEST_W_SELF  # h: from here on a linear layer may grow without end
SMALLEST_GAIN = 1e-100  # the squares of potentials, which are of this size, lose digits below 1e-154 and vanish below 1e-162
SPIKING_GAINS = tuple(0.01 * 2 ** (k / 2) for k in range(17))  # 0.01 to 2.56


def say(message):
    print(f"equation10.py: {message}", file=sys.stderr)


def psc(spikes):
    """a[t] = (1 - 1/tau_s) a[t-1] + s[t]/tau_s of spikes [step][neuron]."""
    currents = np.zeros(spikes.shape)
    a = np.zeros(spikes.shape[1])
    for t, s in enumerate(spikes):
        currents[t] = a = (1 - 1 / TAU_S_STEPS) * a + s / TAU_S_STEPS
    return currents


def linear_layer(drive, w_self, h):
    """Potentials [step][neuron] of u[t] = theta u[t-1] + w_self a[t-1] + drive[t], a = h u."""
    potentials = np.zeros(drive.shape)
    u = np.zeros(drive.shape[1])
    for t, current in enumerate(drive):
        potentials[t] = u = (THETA + h * w_self) * u + current
    return potentials


def linear_recurrent(drive, first, second):
    """Potentials of u[t] = first u[t-1] + second u[t-2] + drive[t]."""
    potentials = np.zeros((len(drive) + 2, drive.shape[1]))  # two steps of silence in front
    for t, current in enumerate(drive, 2):
        potentials[t] = first @ potentials[t - 1] + second @ potentials[t - 2] + current
    return potentials[2:]


def spiking_layer(drive, lateral):
    """PSCs of LIF neurons with u[t] = theta u[t-1] + drive[t] + sum over k of lateral[k] a[t-1-k], reset to 0 above V_TH."""
    n_steps, n_neurons = drive.shape
    currents = np.zeros((n_steps + len(lateral), n_neurons))  # as many steps of silence in front
    u = np.zeros(n_neurons)
    for t, current in enumerate(drive, len(lateral)):
        u = THETA * u + current + sum(w @ currents[t - 1 - k] for k, w in enumerate(lateral))
        s = u > V_TH
        u = np.where(s, 0.0, u)
        currents[t] = (1 - 1 / TAU_S_STEPS) * currents[t - 1] + s / TAU_S_STEPS
    return currents[len(lateral):]


class Pair:
    """Weights of the two layers, and the input's PSCs x [step][channel]."""

    def __init__(self, n_inputs, n_neurons, n_steps, seed):
        random = np.random.default_rng(seed)
        self.w1 = random.normal(0, (2 / n_inputs) ** 0.5, (n_neurons, n_inputs))
        self.w2 = random.normal(0, (2 / n_neurons) ** 0.5, (n_neurons, n_neurons))
        self.w_self1, self.w_self2 = random.uniform(-LARGEST_W_SELF, LARGEST_W_SELF, (2, n_neurons))
        self.x = psc(random.random((n_steps, n_inputs)) < 0.2)

    def recurrent_matrices(self, h):
        """A2 + B and -B A2: what u[t-1] and u[t-2] are multiplied with."""
        b = self.w2 @ ((THETA + h * self.w_self1)[:, None] * np.linalg.inv(self.w2))
        a2 = THETA + h * self.w_self2
        return np.diag(a2) + b, -b * a2

    def linear_errors(self, h):
        """{input term: relative error of the recurrent layer's potentials}, in the norm over all neurons and steps."""
        first = linear_layer(self.x @ self.w1.T, self.w_self1, h)
        wanted = linear_layer(h * first @ self.w2.T, self.w_self2, h)
        terms = {"h W2 W1 x": h * self.w2 @ self.w1, "W2 W1 x": self.w2 @ self.w1, "h^2 W2 W1 x": h * h * self.w2 @ self.w1,
                 "h W1 x": h * self.w1, "W1 x": self.w1}
        matrices = self.recurrent_matrices(h)
        return {name: np.linalg.norm(linear_recurrent(self.x @ w.T, *matrices) - wanted) / np.linalg.norm(wanted)
                for name, w in terms.items()}

    def spiking_layers(self, self_recurrent=True):
        """PSCs of the first layer and of the second."""
        first = spiking_layer(self.x @ self.w1.T, [self_recurrent * np.diag(self.w_self1)])
        return first, spiking_layer(first @ self.w2.T, [self_recurrent * np.diag(self.w_self2)])

    def spiking_recurrent(self, h, recurrence=True):
        """PSCs of the recurrent layer: the linear one's matrices, less the leak that every neuron has, act on a = h u."""
        first, second = self.recurrent_matrices(h)
        lateral = [(first - THETA * np.eye(len(first))) / h, second / h] if recurrence else []
        return spiking_layer(h * self.x @ (self.w2 @ self.w1).T, lateral)


def correlation(a, b):
    """0 where one of them never changes."""
    a, b = a - a.mean(), b - b.mean()
    size = np.linalg.norm(a) * np.linalg.norm(b)
    return float((a * b).sum() / size) if size > 0 else 0.0


def show(args, pair):
    print(f"{args.inputs}-{args.neurons}-{args.neurons}, {args.steps} steps, seed {args.seed}, condition of W2 {np.linalg.cond(pair.w2):.0f}")
    print(f"linear, h {args.gain:g}: relative error of the potentials, by input term")
    for term, error in pair.linear_errors(args.gain).items():
        print(f"  {term:<26}{error:.2g}")
    first, second = pair.spiking_layers()
    print(f"spiking, PSCs {first.mean():.2f} and {second.mean():.2f} in the mean: correlation with the second layer, best of {len(SPIKING_GAINS)} h")
    for name, recurrence in (("recurrent layer", True), ("without its recurrence", False)):
        best, h = max((correlation(pair.spiking_recurrent(h, recurrence), second), h) for h in SPIKING_GAINS)
        print(f"  {name:<26}{best:.2f} (h {h:.2g})")
    print(f"  {'the two layers, w_s = 0':<26}{correlation(pair.spiking_layers(False)[1], second):.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value, text in (("inputs", 78, "channels"), ("neurons", 100, "of each layer"), ("steps", 100, ""), ("seed", 1, "")):
        parser.add_argument(f"--{name}", type=int, default=value, metavar="N", help=f"{text} (default {value})".strip())
    parser.add_argument("--gain", type=float, default=0.1, metavar="H", help="h of the linear neurons (default 0.1)")
    args = parser.parse_args()
    if min(args.inputs, args.neurons, args.steps) < 1 or args.seed < 0:
        parser.error("--inputs, --neurons and --steps must be 1 or more, --seed 0 or more")
    if not SMALLEST_GAIN <= args.gain < LARGEST_GAIN:
        parser.error(f"--gain {args.gain}: wanted {SMALLEST_GAIN:g} or more, so that the errors can be computed, and below {LARGEST_GAIN:g}, "
                     "where the linear layers are stable")
    if np is None:
        say(f"no NumPy for {sys.executable}; apt-get install python3-numpy, and /usr/bin/python3 scripts/equation10.py")
        return 2
    pair = Pair(args.inputs, args.neurons, args.steps, args.seed)
    if not pair.x.any():
        say("no spike came in; take more --steps or --inputs")
        return 2
    show(args, pair)
    return 0


if __name__ == "__main__":
    sys.exit(main())
