#!/usr/bin/env python3
"""Holds golden cases against a second computation of the same equations: torch, reverse-mode automatic differentiation.

  check_reference_autograd.py CASE.npz...        (tests/data/snn/*.npz; needs torch and numpy, and is no part of the tests)

The network is unrolled over its steps and torch finds the gradients.  Only what TSSL-BP does not differentiate is told to it: the
derivative of a spike, and the path from one spike to the next (two functions below).  No line of reference_snn.py is used.  Cases of
rule spike-train are skipped, as it differentiates no step.  Exit code 1 if a spike differs or any difference exceeds TOLERANCE of the array's largest value.
"""
import io
import json
import sys
import zipfile

import numpy as np
import torch

TOLERANCE = 1e-10
F64 = torch.float64


class Spike(torch.autograd.Function):
    """(current, state before the step, link to the last spike, ...) -> (spike, link).  The link carries no number forward: its
    gradient is what a later spike owes to an earlier one."""

    @staticmethod
    def forward(ctx, current, link, u, carry, theta, fired, warm, bound, rule, v_th):
        ctx.save_for_backward(u, carry, theta, fired, warm)
        ctx.bound, ctx.rule, ctx.v_th = bound, rule, v_th
        return fired.clone(), torch.zeros_like(u)

    @staticmethod
    def backward(ctx, error, owed):
        u, carry, theta, fired, warm = ctx.saved_tensors
        z = torch.exp(torch.clamp((ctx.v_th - u) / 0.2, -8, 8))
        f = z / (0.2 * (1 + z) ** 2)
        q = torch.where(fired > 0, torch.clamp(1 / torch.where(fired > 0, u - carry, 1.0), 0, ctx.bound), 0.0)
        if ctx.rule == "step":
            cold = torch.where(fired > 0, q * (error + (1 - theta) * u * owed), theta * owed)
        else:
            cold = q * error
        to_link = cold if ctx.rule == "step" else torch.zeros_like(u)
        return (torch.where(warm, f * error, cold), to_link) + (None,) * 8


class Observed(torch.autograd.Function):
    """Layer rule: (state of the PSC, link) -> (PSC as others see it, state, link).  What others send back to the PSC of a spike
    is what the spike owes to the one before it; what a later spike owes enters the state."""

    @staticmethod
    def forward(ctx, psc, link, u, theta, fired):
        ctx.save_for_backward(u, theta, fired)
        return psc.clone(), psc.clone(), torch.zeros_like(psc)

    @staticmethod
    def backward(ctx, seen, state, owed):
        u, theta, fired = ctx.saved_tensors
        return state + seen + fired * (1 - theta) * u * owed, torch.where(fired > 0, seen, theta * owed), None, None, None


def filtered(rows, tau_s):
    """First-order synapse of a list of (B, N) over the steps."""
    out, state = [], torch.zeros_like(rows[0])
    for row in rows:
        state = (1 - 1 / tau_s) * state + row / tau_s
        out.append(state)
    return out


class Case:
    def __init__(self, path):
        archive = zipfile.ZipFile(path)
        self.info = json.loads(archive.read("case.json"))
        self.read = lambda name: np.load(io.BytesIO(archive.read(name + ".npy")))
        self.names = {name[:-4] for name in archive.namelist() if name.endswith(".npy")}
        self.get = lambda key, default: self.info.get(key, default)
        self.sizes, self.last = self.info["sizes"], len(self.info["sizes"]) - 1
        x = self.read("x")
        self.lengths = self.read("lengths").tolist() if "lengths" in self.names else [x.shape[1]] * x.shape[0]
        self.steps = max(self.lengths)
        self.real = torch.tensor([[t < n for n in self.lengths] for t in range(self.steps)], dtype=F64)[:, :, None]
        self.x = self.unpack(x)
        self.labels = torch.from_numpy(self.read("labels")).long()
        self.p = {name: torch.from_numpy(self.read(name).copy()) for name in sorted(self.names) if name.startswith(
            ("w_", "theta_", "bias_", "norm_gain_", "adapt_", "rho_"))}
        self.trained = [n for n in self.p if "grad_" + n in self.names]
        for name in self.trained:
            self.p[name].requires_grad_()
        self.running = {i: [torch.from_numpy(self.read(f"norm_{k}_{i}").copy()) for k in ("mean", "var")]
                        for i in range(1, self.last + 1) if f"norm_mean_{i}" in self.names}

        self.n_batches = dict.fromkeys(self.running, 0)
        self.scoring = False  # with the running mean and variance

    def class_sums(self):
        self.scoring = True
        out = torch.stack(list(self.forward()[2][-1])) * self.real
        self.scoring = False
        return out.sum(0).detach().numpy()

    def unpack(self, rows):
        """A list over the steps of (B, N), from utterances one behind the other."""
        rows, out, begin = torch.from_numpy(rows).reshape(-1, rows.shape[-1]), torch.zeros(self.steps, len(self.lengths), rows.shape[-1], dtype=F64), 0
        for b, n in enumerate(self.lengths):
            out[:n, b] = rows[begin : begin + n]
            begin += n
        return list(out)

    def pack(self, steps):
        stacked = torch.stack(list(steps)).detach()
        return torch.cat([stacked[:n, b] for b, n in enumerate(self.lengths)]).numpy()

    def connections(self, to):
        chain = [(to - 1, self.get("input_delays" if to == 1 else "forward_delays", [0]))]
        skips = [(a, self.get("skip_delays", [0])) for a, b in self.info["skips"] if b == to]
        return [(a, d, f"w_{a}_{to}" + (f"_d{d}" if d else "")) for a, delays in chain + skips for d in delays]

    def current(self, i, spikes, pscs):
        """Drive behind the synapse.  The sources' PSCs are weighed where that is the same; TSSL-BP's layer rule tells an error
        of a PSC from an error of a spike."""
        normalised = self.get("normalised", False)
        fires = i < self.last or self.get("readout", "spiking") == "spiking"
        sources = spikes if normalised else pscs
        zero = torch.zeros(len(self.lengths), self.sizes[i], dtype=F64)
        drive = [sum((sources[a][t - d] @ self.p[w].T for a, d, w in self.connections(i) if t >= d), zero) for t in range(self.steps)]
        if normalised and fires:
            stacked, real = torch.stack(drive), self.real.bool()[:, :, 0]
            rows = stacked[real]
            known = self.running[i] if self.scoring else (None, None)
            y = torch.nn.functional.batch_norm(rows, *known, self.p[f"norm_gain_{i}"], self.p[f"bias_{i}"], not self.scoring, 0.0, 1e-5)
            if not self.scoring:
                with torch.no_grad():
                    self.n_batches[i] += 1
                    for kept, new in zip(self.running[i], (rows.mean(0), rows.var(0, unbiased=False))):
                        kept.lerp_(new, 0.1 / (1.0 - 0.9 ** self.n_batches[i]))
            drive = list(torch.zeros_like(stacked).index_put((real,), y))
        elif normalised or self.get("bias", False):
            b = [self.p[f"bias_{i}"].expand(len(self.lengths), -1)] * self.steps
            biased = b if normalised else filtered(b, self.info["tau_s"])
            drive = [row + extra for row, extra in zip(drive, biased)]
        return filtered(drive, self.info["tau_s"]) if normalised else drive

    def layer(self, i, current):
        """Potentials, spikes, PSCs as others see them; fires nothing at a read-out."""
        p, keep, rule = self.p, 1 - 1 / self.info["tau_s"], self.info["rule"]
        theta = p[f"theta_{i}"]
        zero = torch.zeros_like(current[0])
        if i == self.last and self.get("readout", "spiking") != "spiking":
            if self.info["readout"] == "mean":
                return current, [zero] * self.steps, current
            v = [current[0]]
            for row in current[1:]:
                v.append(theta * v[-1] + row)
            return v, [zero] * self.steps, v
        with torch.no_grad():
            busy = self.spike_rate(i, current) > self.info["layer_rate"]
        us, spikes, seen = [], [], []
        held, state, tired, link, psc, sent = zero, zero, zero, zero, zero, zero  # sent: filtered spikes
        for t, row in enumerate(current):
            total = theta * held + row
            if i in self.info["self_recurrent"]:
                total = total + p[f"w_self_{i}"] * psc
            if i in self.get("recurrent", []):
                total = total + (sent if self.get("normalised", False) else psc) @ p[f"w_rec_{i}"].T
            if i in self.get("adaptive", []):
                total = total - p[f"adapt_{i}"] * tired
            u = total.detach()
            fired = (u > self.info["v_th"]).to(F64) * self.real[t]
            if rule == "step":
                warm = keep * state.detach() + fired * (1 - keep) < (1 - keep) / 4
            else:
                warm = torch.full_like(fired, rule == "surrogate" or not bool(busy), dtype=torch.bool)
            own_theta = theta.detach().expand_as(u)
            s, own_link = Spike.apply(total, link, u, held, own_theta, fired, warm, self.info["bound"], rule, self.info["v_th"])
            state, sent = keep * state + s * (1 - keep), keep * sent + s * (1 - keep)
            if rule == "layer":
                psc, state, link = Observed.apply(state, link, u, own_theta, fired)
            else:
                psc, link = state, own_link
            if i in self.get("adaptive", []):
                tired = p[f"rho_{i}"] * tired + s
            held = u * (1 - fired)
            us.append(u), spikes.append(s), seen.append(psc)
        return us, spikes, seen

    def spike_rate(self, i, current):
        """Mean rate of the layer over the real steps, needed before its steps are recorded."""
        keep, held, psc, tired, count = 1 - 1 / self.info["tau_s"], *[torch.zeros_like(current[0])] * 3, 0.0
        for t, row in enumerate(current):
            row = row + (psc @ self.p[f"w_rec_{i}"].T if i in self.get("recurrent", []) else 0.0)
            u = self.p[f"theta_{i}"] * held + row + self.p.get(f"w_self_{i}", 0.0) * psc - self.p.get(f"adapt_{i}", 0.0) * tired
            s = (u > self.info["v_th"]).to(F64) * self.real[t]
            held, psc, tired = u * (1 - s), keep * psc + (1 - keep) * s, self.p.get(f"rho_{i}", 0.0) * tired + s
            count += s.sum().item()
        return torch.tensor(count / (sum(self.lengths) * self.sizes[i]))

    def forward(self):
        us, spikes, pscs = [None], [self.x], [filtered(self.x, self.info["tau_s"])]
        self.currents = {}
        for i in range(1, self.last + 1):
            current = [row.clone().requires_grad_() for row in self.current(i, spikes, pscs)]  # not the filter's own state
            for row in current:
                row.retain_grad()
            self.currents[i] = current
            u, s, a = self.layer(i, current)
            us.append(u), spikes.append(s), pscs.append(a)
        return us, spikes, pscs

    def loss(self, out):
        want, hot = self.info["loss"], torch.eye(self.sizes[-1], dtype=F64)[self.labels]
        out = torch.stack(list(out)) * self.real
        n = torch.tensor(self.lengths, dtype=F64)[:, None]
        if want["kind"] == "kernel":
            target = torch.zeros_like(out)
            for b, steps in enumerate(self.lengths):
                rows = [torch.tensor(float(t % 2 == 1 if steps >= 10 else t % 5 != 0), dtype=F64) for t in range(steps)]
                for _ in range(want["target_passes"]):
                    rows = filtered(rows, self.info["tau_s"])
                target[:steps, b] = torch.stack(rows)[:, None] * hot[b]
            return 0.5 * ((out - target) ** 2).sum()
        sums = out.sum(0)
        if want["kind"] == "count":
            gap = (sums - torch.where(hot > 0, want["desired"], want["undesired"])) / n
            gap = torch.where(hot > 0, gap.clamp(max=0), gap.clamp(min=0))
            return 0.5 * (n * gap**2).sum()
        logits = sums * want["logit_gain"] / n if want["kind"] == "mean-softmax" else sums
        return torch.nn.functional.cross_entropy(logits, self.labels, label_smoothing=want.get("label_smoothing", 0.0))


def apart(found, wanted):
    found, wanted = np.asarray(found).reshape(-1), np.asarray(wanted).reshape(-1)
    return float(np.abs(found - wanted).max() / max(np.abs(wanted).max(), 1e-30)) if wanted.any() else float(np.abs(found).max())


def check(path):
    """{quantity: largest difference}"""
    case = Case(path)
    worst = dict.fromkeys(("spikes", "psc", "loss", "delta", "gradient", "norm", "parameter", "running", "folded"), 0.0)

    def note(key, value):
        worst[key] = max(worst[key], value)

    o, own_rate = case.info["trainer"], ("theta_", "adapt_", "rho_")
    groups = [dict(params=[case.p[name]], lr=o["lr_theta"] if name.startswith(own_rate) else o["lr"],
                   weight_decay=o["weight_decay"] if name.startswith("w_") and "self" not in name else 0.0) for name in case.trained]
    optimiser = torch.optim.AdamW(groups, betas=(o["beta1"], o["beta2"]), eps=o["eps"])
    for update, want in enumerate(case.info["expected"]["trajectory"]):
        _, spikes, pscs = case.forward()
        value = case.loss(pscs[-1])
        optimiser.zero_grad()
        value.backward()
        for name in case.trained:  # one without a path to the loss decays all the same
            case.p[name].grad = torch.zeros_like(case.p[name]) if case.p[name].grad is None else case.p[name].grad
            if name.startswith("w_rec") and case.info["recurrent_density"] < 1:
                case.p[name].grad *= case.p[name] != 0
        note("loss", abs(value.item() - want["loss"]) / max(want["loss"], 1e-30))
        if update == 0:
            for i in range(1, case.last + 1):
                note("spikes", float(np.abs(case.pack(spikes[i]).ravel() - case.read(f"spike_{i}").ravel()).sum()))
                note("psc", apart(case.pack(pscs[i]), case.read(f"psc_{i}")))
                errors = [torch.zeros_like(row) if row.grad is None else row.grad for row in case.currents[i]]
                note("delta", apart(case.pack(errors), case.read(f"delta_{i}")))
            for name in case.trained:
                note("gradient", apart(case.p[name].grad.numpy(), case.read("grad_" + name)))
            if case.running:
                note("folded", apart(case.class_sums(), case.read("folded_sums")))
        norm = torch.nn.utils.clip_grad_norm_([case.p[n] for n in case.trained], o["clip_norm"]).item()
        note("norm", abs(norm - want["grad_norm"]) / max(want["grad_norm"], 1e-30))
        optimiser.step()
        with torch.no_grad():
            for name in case.trained:
                low, high = -o["clip_weight"], o["clip_weight"]
                if name.startswith(own_rate):
                    low, high = (o["theta_min"] if name.startswith("theta") else 0.0), (o["clip_weight"] if name.startswith("adapt") else o["theta_max"])
                case.p[name].clamp_(low, high)
                note("parameter", apart(case.p[name].numpy(), case.read("traj_" + name)[update]))
        for i, kept in case.running.items():
            for kind, value in zip(("mean", "var"), kept):
                note("running", apart(value.numpy(), case.read(f"traj_norm_{kind}_{i}")[update]))
                if update == 0:
                    note("running", apart(value.numpy(), case.read(f"norm_{kind}_{i}_after")))
    return worst


def main():
    torch.set_num_threads(1)
    failed = 0
    for path in sys.argv[1:]:
        if json.loads(zipfile.ZipFile(path).read("case.json"))["rule"] == "spike-train":
            print(f"skip {path.rsplit('/', 1)[-1]}: rule spike-train")
            continue
        found = check(path)
        bad = any(value > TOLERANCE for value in found.values())
        failed += bad
        print(f"{'FAIL' if bad else 'ok  '} {path.rsplit('/', 1)[-1]}: " + ", ".join(f"{k} {v:.1e}" for k, v in found.items()), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
