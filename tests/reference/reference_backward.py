"""Float64 reference of the gradients, in numpy (see reference_snn.py)."""
import numpy as np

from reference_forward import NORM_EPS, Params, delay_of, earlier, later
from reference_training import synapse

SURROGATE_WIDTH = 0.2
CLAMP = 8.0  # bound of the surrogate's argument


def spike_slope(u, carry, spike, bound):
    """q: 1/du bounded to [0, bound] at a spike, 0 elsewhere."""
    du = np.where(spike > 0, u - carry, 1.0)
    return spike * np.clip(1 / du, 0, bound)


def surrogate(u, v_th):
    z = np.exp(np.clip((v_th - u) / SURROGATE_WIDTH, -CLAMP, CLAMP))
    return z / (SURROGATE_WIDTH * (1 + z) ** 2)


def filtered_backward(x, tau_s):
    """e[t] = (1 - 1/tau_s) e[t+1] + x[t] / tau_s."""
    return synapse(x[:, ::-1], tau_s)[:, ::-1]


def firing_delta(net, p, rec, i, to_psc, to_spike):
    """delta of a layer of firing neurons, from the errors that arrive at its PSCs and at its spikes."""
    decay, u, s = 1 - 1 / net.tau_s, rec.u[i], rec.spike[i]
    q = spike_slope(u, rec.carry[i], s, net.bound)
    f = surrogate(u, net.v_th)
    if net.rule == "step":
        warm = rec.psc[i] < 1 / (4 * net.tau_s)
    else:
        rate = s.sum() / (rec.real.sum() * net.sizes[i])
        warm = np.full(u.shape, net.rule == "surrogate" or rate <= net.layer_rate)
    theta = p.theta[i]
    w_self = p.w_self[i] if i in net.self_recurrent else 0.0
    beta, rho = (p.adapt[i], p.rho[i]) if i in net.adaptive else (0.0, 0.0)
    w_rec = p.w_rec[i] if i in net.recurrent else np.zeros((u.shape[2], u.shape[2]))
    delta = np.zeros_like(u)
    trace = error = after = drive_after = h = np.zeros_like(u[:, 0])  # all of step t+1
    for t in range(u.shape[1] - 1, -1, -1):
        arriving = to_psc[:, t] + w_self * after
        if not net.normalised:
            arriving = arriving + after @ w_rec
        reset = s[:, t] * (1 - theta) * u[:, t] * error  # what a spike takes from the next spike
        if net.rule == "layer":
            trace = decay * trace + (arriving + reset) / net.tau_s
        else:
            trace = decay * trace + arriving / net.tau_s
        total = trace + to_spike[:, t] - beta * h  # error of the spike
        if net.normalised:
            total = total + drive_after @ w_rec
        if net.rule == "layer":
            error = np.where(s[:, t] > 0, arriving, theta * error)
            settled = q[:, t] * total
        else:
            settled = error = np.where(s[:, t] > 0, q[:, t] * (total + reset), theta * error)
        after = delta[:, t] = np.where(warm[:, t], f[:, t] * total, settled)
        drive_after = decay * drive_after + after / net.tau_s
        h = rho * h + delta[:, t]
    return delta


def leaky_delta(grad_v, theta):
    """du[t] = dv[t] + theta du[t+1]."""
    delta = np.zeros_like(grad_v)
    state = np.zeros_like(grad_v[:, 0])
    for t in range(grad_v.shape[1] - 1, -1, -1):
        state = delta[:, t] = grad_v[:, t] + theta * state
    return delta


def normalised_backward(net, p, rec, i, e):
    """Error of the drive before its normalisation, and those of gain and bias."""
    _, variance, hat = rec.norm[i]
    rows, d_bias, d_gain = rec.real.sum(), e.sum((0, 1)), (e * hat).sum((0, 1))
    scale = p.norm_gain[i] / np.sqrt(variance + NORM_EPS)
    return scale * (e - d_bias / rows - hat * d_gain / rows) * rec.real, d_gain, d_bias


def adaptation_grads(net, p, rec, i, delta):
    """Of beta and rho: h[t] = rho h[t+1] + delta[t]."""
    h = leaky_delta(delta, p.rho[i])
    after = earlier(h, 1)
    d_beta = -np.sum(rec.spike[i] * after, (0, 1))
    return d_beta, -p.adapt[i] * np.sum(after * rec.tired[i], (0, 1))


def backward(net, p, rec, grad_out):
    """Returns the gradients (Params), delta[layer] = dL/d(input current), and to_psc[layer].

    to_psc holds the error arriving at a layer's PSCs from later layers (or the loss), without the layer's own self-recurrent
    part.  In a normalised network errors are sent to the spikes of the sources instead.
    """
    grads, deltas, psc_errors, drive_errors = Params(), {}, {}, {}
    for i in reversed(net.layers):
        to_psc, to_spike = np.zeros_like(rec.u[i]), np.zeros_like(rec.u[i])
        for c in net.out_of(i):
            if net.normalised:
                to_spike += earlier(drive_errors[c[1]] @ p.w[c], delay_of(c))
            else:
                to_psc += earlier(deltas[c[1]] @ p.w[c], delay_of(c))
        if i == net.layers[-1]:
            to_psc = to_psc + grad_out
        if net.fires(i):
            delta = firing_delta(net, p, rec, i, to_psc, to_spike)
        else:
            delta = leaky_delta(to_psc, p.theta[i]) if net.has_membrane(i) else to_psc
        deltas[i], psc_errors[i] = delta, to_psc
        e = filtered_backward(delta, net.tau_s)
        if net.normalises(i):
            e, grads.norm_gain[i], grads.bias[i] = normalised_backward(net, p, rec, i, e)
        elif net.has_bias:
            grads.bias[i] = e.sum((0, 1))
        drive_errors[i] = e
        for c in net.into(i):
            grads.w[c] = np.einsum("btn,btm->nm", e, later(rec.spike[c[0]], delay_of(c)))
        if i in net.recurrent:
            grads.w_rec[i] = np.einsum("btn,btm->nm", delta[:, 1:], rec.psc[i][:, :-1])
            if net.recurrent_density < 1:
                grads.w_rec[i] *= p.w_rec[i] != 0
        if i in net.self_recurrent:
            grads.w_self[i] = np.einsum("btn,btn->n", delta[:, 1:], rec.psc[i][:, :-1])
        if i in net.bip:
            grads.theta[i] = np.einsum("btn,btn->n", delta, rec.carry[i])
        if i in net.adaptive:
            grads.adapt[i], grads.rho[i] = adaptation_grads(net, p, rec, i, delta)
    return grads, deltas, psc_errors
