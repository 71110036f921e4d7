"""Float64 reference of the gradient rule spike-train (HM2-BP, ST-RSBP), in numpy (see reference_snn.py).

Written from the papers' equations: over all pairs of neurons and all pairs of their spikes.  o is a neuron's count of spikes in an
utterance, e the S-PSP of a pair of spike trains, a the total potential, the sum of w e over all sources; o = a / threshold.
"""
import numpy as np

from reference_forward import Params, delay_of

MOST_SELF_SHARE = 0.5  # of an error, through the self-connection


def response(theta, tau_s, last, fires, arrival):
    """What a source spike that arrives in one step adds to the potential in the step of a target's spike.  last: step of the target's
    spike before, -1 if there is none: its membrane starts anew behind it, the synapse goes on."""
    steps = np.arange(max(arrival, last + 1), fires + 1)
    return np.sum(theta ** (fires - steps) * (1 - 1 / tau_s) ** (steps - arrival) / tau_s)


def responses(net, theta, spikes):
    """[spike of the target][step of arrival]"""
    table, last = [], -1
    for t in np.flatnonzero(spikes):
        table.append([response(theta, net.tau_s, last, t, k) if k <= t else 0.0 for k in range(len(spikes))])
        last = t
    return np.array(table).reshape(len(table), len(spikes))


def s_psp(table, source, delay):
    """e of a pair: source (T,) are its spikes, or the values of the network's input."""
    return sum(source[k] * row[k + delay] for row in table for k in range(len(source) - delay) if source[k])


def count_to_potential(value, count, v_th):
    return value / (v_th * count) if count else 0.0


class Neuron:
    """One neuron in one utterance: its S-PSPs, and its error once the layers behind it have theirs.  wanted: the loss asks for more of
    its spikes; where there is none, its S-PSPs are those of a neuron that fires at every step."""

    def __init__(self, net, p, rec, b, layer, j, wanted):
        self.net, self.spikes, self.theta = net, rec.spike[layer][b, :, j], p.theta[layer][j]
        self.count = int(self.spikes.sum())
        self.table = responses(net, self.theta, rec.real[b, :, 0] if wanted and not self.count else self.spikes)
        self.e = {c: np.array([s_psp(self.table, rec.spike[c[0]][b, :, i], delay_of(c)) for i in range(net.sizes[c[0]])])
                  for c in net.into(layer)}
        self.e_self = s_psp(self.table, self.spikes, 1) if layer in net.self_recurrent else 0.0
        self.e_bias = s_psp(self.table, np.ones(len(self.spikes)), 0) if net.bias else 0.0
        self.w_self = p.w_self[layer][j] if layer in net.self_recurrent else 0.0
        bias = p.bias[layer][j] if net.bias else 0.0
        self.total = sum(p.w[c][j] @ e for c, e in self.e.items()) + self.w_self * self.e_self + bias * self.e_bias
        self.currents = rec.u[layer][b, :, j] - self.theta * rec.carry[layer][b, :, j]

    def take_count_error(self, error):
        share = min(count_to_potential(self.w_self * self.e_self, self.count, self.net.v_th), MOST_SELF_SHARE)
        self.error = error / self.net.v_th / (1 - share)
        self.weights_error = self.error * (1 + count_to_potential(self.total, self.count, self.net.v_th))

    def total_to_theta(self):
        """da/dtheta: the potential at a spike is the sum of theta^age times the currents since the spike before."""
        slope, last = 0.0, -1
        for t in np.flatnonzero(self.spikes):
            slope += sum((t - k) * self.theta ** (t - k - 1) * self.currents[k] for k in range(last + 1, t))
            last = t
        return slope


def count_error(net, p, rec, b, layer, i, neurons, grad_out):
    """Of neuron i: the loss's, summed over the steps, or what its targets' S-PSPs owe to it, which grow in proportion to its count."""
    if layer == net.layers[-1]:
        return grad_out[b, :, i].sum()
    count = rec.spike[layer][b, :, i].sum()
    owed = sum(target.error * p.w[c][m, i] * target.e[c][i] for c in net.out_of(layer) for m, target in enumerate(neurons[c[1]]))
    return owed / count if count else 0.0


def backward(net, p, rec, grad_out):
    """Gradients (Params), delta[layer]: the error of a source spike in each step, and the errors of the counts."""
    batch = len(rec.real)
    grads = Params(w={c: np.zeros_like(p.w[c]) for c in net.connections},
                   w_self={i: np.zeros(net.sizes[i]) for i in net.self_recurrent},
                   theta={i: np.zeros(net.sizes[i]) for i in net.bip},
                   bias={i: np.zeros(net.sizes[i]) for i in net.layers} if net.bias else {})
    deltas = {i: np.zeros_like(rec.u[i]) for i in net.layers}
    errors = {i: np.zeros((batch, net.sizes[i])) for i in net.layers}
    for b in range(batch):
        neurons = {}
        for layer in reversed(net.layers):
            wanted = grad_out[b].sum(0) < 0 if layer == net.layers[-1] else np.zeros(net.sizes[layer], bool)
            neurons[layer] = [Neuron(net, p, rec, b, layer, j, wanted[j]) for j in range(net.sizes[layer])]
            for j, neuron in enumerate(neurons[layer]):
                errors[layer][b, j] = count_error(net, p, rec, b, layer, j, neurons, grad_out)
                neuron.take_count_error(errors[layer][b, j])
                deltas[layer][b, :, j] = neuron.error * neuron.table.sum(0)
                for c, e in neuron.e.items():
                    grads.w[c][j] += neuron.weights_error * e
                if layer in net.self_recurrent:
                    grads.w_self[layer][j] += neuron.weights_error * neuron.e_self
                if layer in net.bip:
                    grads.theta[layer][j] += neuron.weights_error * neuron.total_to_theta()
                if net.bias:
                    grads.bias[layer][j] += neuron.weights_error * neuron.e_bias
    return grads, deltas, errors
