"""TSSL-BP in torch, O(T): a forward and a backward scan over the steps, in each of them a few operations on [B][N].

Arrays over time are [T][B][N]. The equations are those of snn/EQUATIONS.md with the surrogate or the step rule (the published
program's); everything without a recursion is computed for all steps at once. check_tsslbp.py holds it against the project's double
precision reference.
"""

import torch

SLOPE = 0.2  # width of the surrogate
EXPONENT_BOUND = 8.0
BOUND, WARM_FRACTION = 8.0, 0.25  # step rule: of 1/du at a spike; of 1/tau_s, a PSC below it takes the surrogate
DESIRED, UNDESIRED = 0.30, 0.03  # count loss: summed PSC wanted, as a share of the steps


class Neurons(torch.autograd.Function):
    """Input currents [T][B][N] -> PSCs [T][B][N] of a feed-forward layer."""

    @staticmethod
    def forward(ctx, current, theta, tau_s, v_th, rule):
        keep_s = 1 - 1 / tau_s
        u = current.clone()
        psc = torch.empty_like(u)
        carried = torch.zeros_like(u[0])
        a = torch.zeros_like(u[0])
        for u_t, psc_t in zip(u.unbind(), psc.unbind()):
            u_t.add_(carried, alpha=theta)
            spike = u_t > v_th
            torch.mul(a, keep_s, out=psc_t)
            psc_t.add_(spike, alpha=1 / tau_s)
            a = psc_t
            carried = torch.where(spike, 0.0, u_t)
        ctx.save_for_backward(u, psc if rule == "step" else None)
        ctx.constants = theta, tau_s, v_th, rule
        return psc

    @staticmethod
    def backward(ctx, grad_psc):
        u, psc = ctx.saved_tensors
        theta, tau_s, v_th, rule = ctx.constants
        trace = grad_psc / tau_s  # sum over later steps of keep_s^(k-t) dL/da[k] / tau_s
        steps = trace.unbind()
        for t in range(len(steps) - 2, -1, -1):
            steps[t].add_(steps[t + 1], alpha=1 - 1 / tau_s)
        delta = surrogate(u, v_th).mul_(trace)
        if rule == "step":
            delta = torch.where(psc < WARM_FRACTION / tau_s, delta, step_rule_error(u, trace, theta, v_th))
        return delta, None, None, None, None


def surrogate(u, v_th):
    z = ((v_th - u) / SLOPE).clamp_(-EXPONENT_BOUND, EXPONENT_BOUND).exp_()
    return z.div_((1 + z).square_().mul_(SLOPE))


def step_rule_error(u, trace, theta, v_th):
    """e[t] = q (trace + (1 - theta) u e[t+1]) at a spike, theta e[t+1] elsewhere; q = 1/du, bounded."""
    spike = u > v_th
    du = u.clone()
    du[1:] -= torch.where(spike[:-1], 0.0, u[:-1])
    q = torch.where(spike, du.reciprocal_().clamp_(max=BOUND), 0.0)
    keep = torch.where(spike, q * u * (1 - theta), theta)
    error = q.mul_(trace)
    steps = error.unbind()
    for t in range(len(steps) - 2, -1, -1):
        steps[t].addcmul_(keep[t], steps[t + 1])
    return error


def input_psc(x, tau_s):
    """The network input [T][B][C] through its synapse."""
    out = x / tau_s
    steps = out.unbind()
    for before, after in zip(steps, steps[1:]):
        after.add_(before, alpha=1 - 1 / tau_s)
    return out


class Network(torch.nn.Module):
    def __init__(self, sizes, tau_m=16.0, tau_s=8.0, v_th=1.0, input_scale=2.0, w_scale=0.5, rule="surrogate"):
        super().__init__()
        self.rule = rule
        self.theta, self.tau_s, self.v_th, self.input_scale = 1 - 1 / tau_m, tau_s, v_th, input_scale
        self.weights = torch.nn.ParameterList(
            torch.randn(n_out, n_in) * w_scale * (2 / n_in) ** 0.5 for n_in, n_out in zip(sizes, sizes[1:])
        )

    def pscs(self, x):
        """x: [T][B][C]. PSCs of all layers."""
        psc, all_pscs = input_psc(x * self.input_scale, self.tau_s), []
        for w in self.weights:
            psc = Neurons.apply(torch.nn.functional.linear(psc, w), self.theta, self.tau_s, self.v_th, self.rule)
            all_pscs.append(psc)
        return all_pscs

    def forward(self, x):
        return self.pscs(x)[-1]

    @torch.no_grad()
    def clip_weights(self, bound=4.0):
        for w in self.weights:
            w.clamp_(-bound, bound)


def count_loss(psc, labels):
    """psc: output PSCs [T][B][K]. T/2 D^2 summed, D = (sum - wanted)/T where it pulls the right way."""
    n_steps, _, n_classes = psc.shape
    labelled = torch.nn.functional.one_hot(labels, n_classes).bool()
    wanted = n_steps * (UNDESIRED + (DESIRED - UNDESIRED) * labelled.to(psc.dtype))
    difference = (psc.sum(0) - wanted) / n_steps
    difference = torch.where(labelled, difference.clamp(max=0), difference.clamp(min=0))
    return 0.5 * n_steps * difference.square().sum()


@torch.no_grad()
def scale_to_rate(network, x, rate):
    """Scales the weights of each hidden layer, in order, until it fires at the rate on x; bisection. Returns all rates."""
    n_hidden = len(network.weights) - 1
    for layer in range(n_hidden):
        original, low, high = network.weights[layer].clone(), -2.0, 1.0
        for _ in range(12):
            exponent = (low + high) / 2
            network.weights[layer].copy_(original * 10**exponent)
            if rates(network, x)[layer] < rate:
                low = exponent
            else:
                high = exponent
    return rates(network, x)


@torch.no_grad()
def rates(network, x):
    """Share of neurons and steps with a spike, of each layer."""
    keep_s, gain = 1 - 1 / network.tau_s, 1 / network.tau_s
    found = []
    for psc in network.pscs(x):
        fired = psc.clone()
        fired[1:] -= keep_s * psc[:-1]
        found.append((fired > gain / 2).float().mean().item())
    return found
