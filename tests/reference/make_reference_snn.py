#!/usr/bin/env python3
"""Writes the golden vectors (float64 .npy files and one case.json a case) from reference_snn.py.

usage: make_reference_snn.py OUT [NAME...]      all cases of reference_cases.py, or those named

Initial parameters and inputs are float32 numbers stored as float64, so that a float32 program
starts from the same values.  Incoming weights of each layer are scaled to a healthy firing rate,
and the seed is the first one for which no potential comes near the threshold, at the start and
after each of the optimiser steps.
"""
import json
import os
import sys

import numpy as np

import reference_snn as R
from reference_cases import cases

STEPS_OF_TRAINING = 5
MARGIN = 1e-5


def f32(v):
    return np.asarray(v, np.float32).astype(np.float64)


def rate_of(rec, i):
    return float(rec.spike[i].sum() / (rec.real.sum() * rec.spike[i].shape[2]))


def draw_features(net, p, rng):
    """Arrays of the bias, the normalisation and the adaptation, away from their usual starts."""
    for i in net.layers:
        n = net.sizes[i]
        if net.has_bias:
            p.bias[i] = f32(rng.uniform(-0.1, 0.2, n))
        if net.normalises(i):
            p.norm_gain[i] = f32(rng.uniform(0.6, 1.4, n))
        if i in net.adaptive:
            p.adapt[i], p.rho[i] = f32(rng.uniform(0.05, 0.4, n)), f32(rng.uniform(0.8, 0.97, n))
            p.adapt[i][0], p.rho[i][1] = f32(0.002), f32(0.998)  # may reach their bounds


def draw_running(net, rec, rng, at_start):
    """Running mean and variance before the first batch: those of a new run, or values near the batch's own."""
    running = R.RunningNorm(net)
    if not at_start:
        for i, (mean, variance, _) in rec.norm.items():
            running.mean[i] = f32(mean * rng.uniform(0.8, 1.2, net.sizes[i]))
            running.variance[i] = f32(variance * rng.uniform(0.8, 1.2, net.sizes[i]))
    return running


def calibrate(net, p, x, rate, lengths=None):
    """Scales each layer's incoming weights, or the gains of a normalised one, until the layer fires near the given mean rate.

    The search stays coarse: its exact end point would put a potential on the threshold.
    """
    for i in filter(net.fires, net.layers):
        scaled, keys = (p.norm_gain, [i]) if net.normalised else (p.w, net.into(i))
        base = {c: scaled[c] for c in keys}
        low, high = 0.0, 64.0
        for _ in range(13):
            mid = 0.5 * (low + high)
            for c in base:
                scaled[c] = f32(np.clip(base[c] * mid, -4, 4))
            now = rate_of(R.forward(net, p, x, lengths), i)
            low, high = (mid, high) if now < rate else (low, mid)


def build(spec, seed):
    """Parameters, input and labels of one case."""
    rng = np.random.default_rng(seed)
    net = R.Net(**spec["net"])
    batch, steps = spec["batch"], spec["steps"]
    p = R.init_params(net, rng, 1.0, 0.0, spec.get("w_self_std", 0.3))
    for i in net.bip:
        p.theta[i] = rng.uniform(0.8, 0.97, net.sizes[i])
    for group in (p.w, p.w_rec, p.w_self, p.theta):
        for k in group:
            group[k] = f32(group[k])
    shape = (batch, steps, net.sizes[0])
    x = (rng.random(shape) < 0.25).astype(float) if spec["input"] == "binary" else f32(rng.gamma(0.7, 0.6, shape))
    labels = rng.integers(0, net.sizes[-1], batch)
    draw_features(net, p, rng)
    regime = spec.get("regime", "healthy")
    if regime == "healthy":
        calibrate(net, p, x, spec.get("rate", 0.15), spec.get("lengths"))
    elif regime == "silent":
        for c in net.connections:
            p.w[c] = f32(p.w[c] * 0.1)
    elif regime == "zero_input":
        x = np.zeros(shape)
    elif regime == "saturated":
        x = f32(rng.uniform(8, 16, shape))
        for c in net.connections:
            p.w[c] = f32(rng.uniform(2.2, 3.0, p.w[c].shape))
        for i in net.self_recurrent:
            p.w_self[i] = f32(np.abs(p.w_self[i]))
    if spec.get("at_bounds"):
        first = net.connections[0]
        p.w[first][0, 0], p.w[first][1, 1] = f32(3.998), f32(-3.998)
        for i in net.bip:
            p.theta[i][0], p.theta[i][1] = f32(0.998), f32(0.002)
    return net, p, x, labels


def evaluate(net, p, x, labels, loss, lengths):
    rec = R.forward(net, p, x, lengths)
    value, grad_out = R.loss_and_grad(out=rec.psc[-1], labels=labels, net=net, lengths=lengths, **loss)
    return rec, value, grad_out, R.backward(net, p, rec, grad_out)


def margin(net, rec):
    return min(float(np.abs(rec.u[i] - net.v_th).min()) for i in net.layers if net.fires(i))


def warm_margin(net, rec):
    return min(float(np.abs(rec.psc[i] - 1 / (4 * net.tau_s)).min()) for i in net.layers if net.fires(i))


def rates_fit(spec, net, rates):
    regime, firing = spec.get("regime", "healthy"), [r for i, r in zip(net.layers, rates) if net.fires(i)]
    if regime == "healthy" and spec["steps"] > 1:
        hidden = rates[:-1]
        return all(0.05 <= r <= 0.30 for r in hidden) and (len(firing) == len(hidden) or 0.02 <= rates[-1] <= 0.4)
    if spec["steps"] == 1:
        return rates[0] > 0
    return regime == "healthy" or (min(rates) >= 1 if regime == "saturated" else max(rates) == 0)


def start_arrays(net, p, x, labels, rec, grad_out, grads, delta):
    arrays = {"x": x, "labels": labels.astype(np.int32), "grad_out": grad_out, "psc_0": rec.psc[0]}
    for name, v in p.items(net):
        arrays[name] = v.copy()
    for i in net.layers:
        arrays[f"theta_{i}"] = p.theta[i].copy()
        arrays[f"u_{i}"], arrays[f"spike_{i}"] = rec.u[i], rec.spike[i]
        arrays[f"psc_{i}"], arrays[f"delta_{i}"] = rec.psc[i], delta[i]
    for name, v in grads.items(net):
        arrays[f"grad_{name}"] = v
    return arrays


def folded_arrays(net, p, x, running, lengths):
    """The plain network that scores, its class sums, and its distance from the threshold."""
    plain, q = R.fold(net, p, running.mean, running.variance)
    rec = R.forward(plain, q, x, lengths)
    arrays = {f"folded_{name}": v for name, v in q.items(plain) if name.startswith(("w_", "bias")) and "self" not in name}
    return arrays | {"folded_sums": rec.psc[-1].sum(1)}, margin(plain, rec)


def packed(arrays, lengths):
    """Arrays over time with the utterances one behind the other: (1, rows, N)."""
    over_time = ("x", "grad_out", "psc_", "u_", "spike_", "delta_")
    rows = lambda v: np.concatenate([v[b, :n] for b, n in enumerate(lengths)])[None]  # noqa: E731
    cut = {k: rows(v) if k.startswith(over_time) else v for k, v in arrays.items()}
    return cut | {"lengths": np.asarray(lengths, np.int32)}


def attempt(spec, seed):
    net, p, x, labels = build(spec, seed)
    loss, lengths = spec["loss"], spec.get("lengths")
    rec, value, grad_out, (grads, delta, _) = evaluate(net, p, x, labels, loss, lengths)
    rates = [rate_of(rec, i) for i in net.layers]
    gap, warm = margin(net, rec), warm_margin(net, rec)
    if not rates_fit(spec, net, rates):
        return None
    arrays = start_arrays(net, p, x * rec.real, labels, rec, grad_out, grads, delta)
    running = draw_running(net, rec, np.random.default_rng([seed, 1]), spec.get("new_run", False))
    for i in running.mean:
        arrays[f"norm_mean_{i}"], arrays[f"norm_var_{i}"] = running.mean[i], running.variance[i]
    trainer, q = R.Trainer(**spec["trainer"]), p.copy()
    trajectory, history = [], {}
    for update in range(STEPS_OF_TRAINING):
        now, step_loss, _, (g, _, _) = evaluate(net, q, x, labels, loss, lengths)
        running.follow(now)
        if update == 0 and net.normalised:
            folded, folded_gap = folded_arrays(net, p, x, running, lengths)
            arrays, gap = arrays | folded, min(gap, folded_gap)
        norm = trainer.step(net, q, g)
        trajectory.append({"loss": float(step_loss), "grad_norm": float(norm)})
        kept = list(q.items(net))
        for i in now.norm:
            kept += [(f"norm_mean_{i}", running.mean[i]), (f"norm_var_{i}", running.variance[i])]
        for name, v in kept:
            history.setdefault(name, []).append(v.copy())
        after = R.forward(net, q, x, lengths)
        gap, warm = min(gap, margin(net, after)), min(warm, warm_margin(net, after))
    if gap < MARGIN or warm < 1e-6:
        return None
    for name, v in history.items():
        arrays[f"traj_{name}"] = np.stack(v)
        if name.startswith("norm_mean") or name.startswith("norm_var"):
            arrays[f"{name}_after"] = v[0]
    out = rec.psc[-1]
    sums = np.sort(out.sum(1), axis=1)
    info = {
        "seed": seed, "regime": spec.get("regime", "healthy"), "loss": float(value), "predictions": R.decide(out).tolist(),
        "prediction_gap": float((sums[:, -1] - sums[:, -2]).min()), "rates": rates,
        "threshold_margin": gap, "warm_margin": warm, "trajectory": trajectory,
    }
    return net, packed(arrays, lengths) if lengths else arrays, info


def features_of(net):
    """What case.json says about features; nothing for the network of the paper."""
    said = {
        "input_delays": list(net.input_delays), "forward_delays": list(net.forward_delays), "skip_delays": list(net.skip_delays),
        "bias": net.bias, "normalised": net.normalised, "readout": net.readout, "adaptive": list(net.adaptive),
    }
    if net.recurrent:
        said |= {"recurrent": list(net.recurrent), "recurrent_density": net.recurrent_density}
    plain = {"input_delays": [0], "forward_delays": [0], "skip_delays": [0], "bias": False, "normalised": False, "readout": "spiking",
             "adaptive": []}
    return said if said != plain else {}


def main():
    root, wanted = sys.argv[1], sys.argv[2:]
    for name, spec in cases():
        if wanted and name not in wanted:
            continue
        for seed in range(1, 200):
            found = attempt(spec, seed)
            if found:
                break
        else:
            raise SystemExit(f"{name}: no seed fits")
        net, arrays, info = found
        folder = os.path.join(root, name)
        os.makedirs(folder, exist_ok=True)
        for key, v in arrays.items():
            np.save(os.path.join(folder, key + ".npy"), np.ascontiguousarray(v))
        t = R.Trainer(**spec["trainer"])
        config = {
            "name": name, "sizes": net.sizes, "tau_m": net.tau_m, "tau_s": net.tau_s, "v_th": net.v_th,
            "self_recurrent": list(net.self_recurrent), "bip": list(net.bip), "skips": [list(s) for s in net.skips],
            "rule": net.rule, "bound": net.bound, "layer_rate": net.layer_rate,
            **features_of(net), "batch": spec["batch"], "steps": spec["steps"], "input": spec["input"], "loss": spec["loss"],
            "trainer": {k: getattr(t, k) for k in ("lr", "lr_theta", "beta1", "beta2", "eps", "weight_decay",
                                                   "clip_norm", "clip_weight", "theta_min", "theta_max")},
            "expected": info, "arrays": {k: list(v.shape) for k, v in sorted(arrays.items())},
        }
        with open(os.path.join(folder, "case.json"), "w") as f:
            json.dump(config, f, indent=1)
            f.write("\n")
        print(f"{name}: seed {info['seed']}, rates {[round(r, 3) for r in info['rates']]}, margin {info['threshold_margin']:.1e}, "
              f"loss {info['loss']:.5g}, norms {[round(s['grad_norm'], 3) for s in info['trajectory']]}", flush=True)


if __name__ == "__main__":
    main()
