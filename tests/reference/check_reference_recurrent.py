#!/usr/bin/env python3
"""Holds golden cases of recurrent layers against dense Jacobians: delta of all steps and neurons as the solution of one linear system.

  check_reference_recurrent.py CASE.npz...        (tests/data/snn/rec_*.npz; needs numpy)

Of each neuron the T x T matrix J from errors of its PSCs to delta is written down from the rule's sums over spikes and kernels,
without a recursion over the steps.  Delta of the layer solves (1 - J S) delta = J g, where S takes delta[t+1] through the
lateral matrix and g is what arrives from other layers.  Checked are the rules step and surrogate of cases without delays, normalisation
and adaptation; the others are named and left out.  Exit code 1 if any delta or gradient of a lateral matrix differs by more
than TOLERANCE of the largest.
"""
import io
import json
import sys
import zipfile

import numpy as np

TOLERANCE = 1e-10
WIDTH, CLAMP = 0.2, 8.0  # of the surrogate


def slopes(u, v_th):
    z = np.exp(np.clip((v_th - u) / WIDTH, -CLAMP, CLAMP))
    return z / (WIDTH * (1 + z) ** 2)


def jacobian(info, u, spike, psc, theta):
    """J [T, T] of one neuron."""
    steps, tau_s = len(u), info["tau_s"]
    age = np.arange(steps)[None, :] - np.arange(steps)[:, None]
    kernel = np.where(age >= 0, (1 - 1 / tau_s) ** np.maximum(age, 0) / tau_s, 0.0)
    surrogate = slopes(u, info["v_th"])[:, None] * kernel
    if info["rule"] == "surrogate":
        return surrogate
    rows, times = np.zeros((steps, steps)), np.flatnonzero(spike)
    for t in reversed(range(steps)):
        later = times[times > t]
        after = theta ** (later[0] - t - 1) * rows[later[0]] if len(later) else 0.0
        carried = 0.0 if t == 0 or spike[t - 1] else u[t - 1]
        rows[t] = min(1 / (u[t] - carried), info["bound"]) * (kernel[t] + (1 - theta) * u[t] * after) if spike[t] else theta * after
    return np.where((psc < 1 / (4 * tau_s))[:, None], surrogate, rows)


def solve(info, w_rec, to_psc, u, spike, psc, theta, w_self):
    """delta [T, N] of one utterance."""
    steps, n = u.shape
    shift = np.eye(steps, k=1)
    send = np.einsum("tk,nm->tnkm", shift, w_rec.T + np.diag(w_self)).reshape(steps * n, steps * n)
    dense = np.zeros((steps, n, steps, n))
    for i in range(n):
        dense[:, i, :, i] = jacobian(info, u[:, i], spike[:, i], psc[:, i], theta[i])
    dense = dense.reshape(steps * n, steps * n)
    return np.linalg.solve(np.eye(steps * n) - dense @ send, dense @ to_psc.ravel()).reshape(steps, n)


def is_covered(info):
    delays = any(info.get(kind, [0]) != [0] for kind in ("input_delays", "forward_delays", "skip_delays"))
    return info["rule"] in ("step", "surrogate") and not (info.get("normalised") or info.get("adaptive") or delays)


def check(path):
    """The largest differences of delta and gradient, of the largest value; None if the case is not covered."""
    archive = zipfile.ZipFile(path)
    info = json.loads(archive.read("case.json"))
    if not is_covered(info):
        return None
    names = set(archive.namelist())
    read = lambda name: np.load(io.BytesIO(archive.read(name + ".npy")))  # noqa: E731
    x = read("x")
    lengths = read("lengths") if "lengths.npy" in names else [x.shape[1]] * x.shape[0]
    ends = np.cumsum(lengths)
    rows = lambda name: np.split(read(name).reshape(ends[-1], -1), ends[:-1])  # noqa: E731
    last, worst = len(info["sizes"]) - 1, [0.0, 0.0]
    for i in info["recurrent"]:
        targets = [i + 1] + [b for a, b in info["skips"] if a == i]
        sent = [[d @ read(f"w_{i}_{to}") for d in rows(f"delta_{to}")] for to in targets if to <= last]
        w_self = read(f"w_self_{i}") if i in info["self_recurrent"] else np.zeros(info["sizes"][i])
        w_rec, found, gradient = read(f"w_rec_{i}"), [], 0.0
        pscs = rows(f"psc_{i}")
        for b, (u, spike, psc) in enumerate(zip(rows(f"u_{i}"), rows(f"spike_{i}"), pscs)):
            delta = solve(info, w_rec, sum(s[b] for s in sent), u, spike, psc, read(f"theta_{i}"), w_self)
            found.append(delta)
            gradient = gradient + delta[1:].T @ psc[:-1]
        if info["recurrent_density"] < 1:
            gradient = gradient * (w_rec != 0)
        for k, (have, want) in enumerate(((np.concatenate(found), read(f"delta_{i}").reshape(ends[-1], -1)), (gradient, read(f"grad_w_rec_{i}")))):
            worst[k] = max(worst[k], np.abs(have - want).max() / np.abs(want).max())
    return worst


def main():
    bad, n_checked = False, 0
    for path in sys.argv[1:]:
        found = check(path)
        name = path.rsplit("/", 1)[-1]
        if found is None:
            print(f"left out {name}")
            continue
        n_checked += 1
        bad |= max(found) > TOLERANCE
        print(f"{'FAIL' if max(found) > TOLERANCE else 'ok  '} {name}: delta {found[0]:.1e}, gradient {found[1]:.1e}")
    if not n_checked:
        sys.exit("check_reference_recurrent.py: no case was checked")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
