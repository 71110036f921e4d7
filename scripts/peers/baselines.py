#!/usr/bin/env python3
"""Small ordinary networks on the frames of a stream: how well the same recordings are told apart without spikes. Needs torch;
scripts/peers/baselines makes the environment and runs this.

  baselines.py TRAIN... [--test TEST] [--valid STREAM | --valid-fraction F] --model MODEL [--seed N] [--epochs N] [--json]

cnn: three convolutions over time (kernel 5, 128 channels, batch normalisation, ReLU), of pairs of steps the larger after the first and
the second, of each fifth of the recording the largest after the third, a linear read-out.
gru: two layers of 128 gated recurrent units, the last one's mean over the steps, a linear read-out. gru-200-200-100 and lstm-250-250: the
same of these sizes and cells, which are those that J. Anumula et al. (Frontiers in Neuroscience 12:23, 2018) trained on N-TIDIGITS; every
size is read as a layer of the cell.
Trained by AdamW on the smoothed cross entropy, batches of 50, one cycle of the learning rate, dropout. In every epoch each recording is
shifted by up to 5 steps and 1 channel, and a tenth of its channels is silent, as in ossicle-train's presets best and plain. What follows a
recording's end counts nowhere. The seed and the streams decide every number, on one thread. Accuracies are those of the last epoch and
of the epoch that is best on the validation part, if there is one (--valid-fraction 0: none).
"""

import collections
import copy
import functools
import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from baseline_parts import parse, parser_of, read_parts, run  # noqa: E402

try:
    import torch
    from torch import nn
except ImportError:
    sys.exit(f"baselines.py: no torch for {sys.executable}; scripts/peers/baselines makes an environment that has it")

EPOCHS, BATCH = 12, 50
RATE, DECAY, SMOOTHING = 4e-3, 1e-2, 0.1  # the highest learning rate, weight decay, label smoothing
SHIFT_STEPS, SHIFT_CHANNELS, DROP_CHANNELS = 5, 1, 0.1
CHANNELS, KERNEL, LAYERS = 128, 5, 3  # of the convolutions
SEGMENTS = 5  # of a recording, where the read-out of the convolutions looks
CONV_DROPOUT, OUTPUT_DROPOUT = 0.2, 0.4  # after a convolution that another follows, before the read-out
RECURRENT_DROPOUT = 0.3  # between the layers of a recurrent network
CLIP = 1.0  # norm of the gradient, at most
SCORED = 200  # recordings at a time

Batch = collections.namedtuple("Batch", "x real labels")  # x: [B, C, T]; real: [B, T], whether a step belongs to the recording


class RealNorm(nn.BatchNorm1d):
    """Batch normalisation of [B, C, T] by the real steps alone; the others become zeros."""

    def forward(self, x, real):
        if real.all():
            return super().forward(x)
        y = torch.zeros_like(x).transpose(1, 2)
        y[real] = super().forward(x.transpose(1, 2)[real])
        return y.transpose(1, 2)


def mean_over_steps(x, real):
    """[B, C] of [B, C, T]."""
    return (x * real[:, None]).sum(2) / real.sum(1, keepdim=True)


def halved(x, real):
    """Of every two steps the larger, and whether the first of them is real: for [B, C, T] that is not negative, and 0 where not real."""
    return nn.functional.max_pool1d(x, 2, ceil_mode=True), real[:, ::2]


def largest_of_segments(x, real):
    """[B, C, SEGMENTS] of such an x: a recording's own steps are parted evenly, neighbours sharing a step where that does not go."""
    step, begin = torch.arange(x.shape[2]), torch.arange(SEGMENTS)[:, None]
    n_steps = real.sum(1)[:, None, None]
    inside = (step >= begin * n_steps // SEGMENTS) & (step < -(-(begin + 1) * n_steps // SEGMENTS))
    return (x[:, :, None] * inside[:, None]).amax(3)


class Cnn(nn.Module):
    def __init__(self, n_channels, n_classes):
        super().__init__()
        sizes = [n_channels] + [CHANNELS] * LAYERS
        self.convolutions = nn.ModuleList(nn.Conv1d(a, b, KERNEL, padding=KERNEL // 2, bias=False) for a, b in zip(sizes, sizes[1:]))
        self.norms = nn.ModuleList(RealNorm(CHANNELS) for _ in range(LAYERS))
        self.dropout = nn.Dropout(CONV_DROPOUT)
        self.output = nn.Sequential(nn.Flatten(), nn.Dropout(OUTPUT_DROPOUT), nn.Linear(CHANNELS * SEGMENTS, n_classes))

    def forward(self, x, real):
        for i, (convolution, norm) in enumerate(zip(self.convolutions, self.norms)):
            if i:
                x, real = halved(x, real)
                x = self.dropout(x)
            x = norm(convolution(x), real).relu()
        return self.output(largest_of_segments(x, real))

    def operations(self, n_steps):
        """(from the input, from the units) for a recording. Normalisation folds into the weights."""
        first, *others = (n_steps / 2**i * layer.weight.numel() for i, layer in enumerate(self.convolutions))
        return first, sum(others) + self.output[-1].weight.numel()


class Recurrent(nn.Module):
    """Layers of a cell (nn.GRU or nn.LSTM), of the given sizes."""

    def __init__(self, cell, sizes, n_channels, n_classes):
        super().__init__()
        self.layers = nn.ModuleList(cell(n_in, n_out, batch_first=True) for n_in, n_out in zip((n_channels, *sizes), sizes))
        self.dropout = nn.Dropout(RECURRENT_DROPOUT)
        self.output = nn.Linear(sizes[-1], n_classes)

    def forward(self, x, real):
        states = x.transpose(1, 2)
        for i, layer in enumerate(self.layers):
            states, _ = layer(self.dropout(states) if i else states)  # what follows a recording cannot change the steps before
        return self.output(mean_over_steps(states.transpose(1, 2), real))

    def operations(self, n_steps):
        from_input = self.layers[0].weight_ih_l0.numel()
        of_units = sum(layer.weight_ih_l0.numel() + layer.weight_hh_l0.numel() for layer in self.layers)
        return n_steps * from_input, n_steps * (of_units - from_input) + self.output.weight.numel()


# Each makes a network of (channels, classes).
MODELS = {
    "cnn": Cnn,
    "gru": functools.partial(Recurrent, nn.GRU, (128, 128)),
    "gru-200-200-100": functools.partial(Recurrent, nn.GRU, (200, 200, 100)),
    "lstm-250-250": functools.partial(Recurrent, nn.LSTM, (250, 250)),
}


def batch_of(part, indices, scale):
    real = torch.arange(part.frames.shape[1]) < torch.from_numpy(part.lengths[indices])[:, None]
    x = torch.from_numpy(part.frames[indices]).transpose(1, 2).contiguous() * scale
    return Batch(x, real, torch.from_numpy(part.labels[indices]))


def shifted(x, by, real):
    """[N, A, B] moved along its last axis by `by` [N]; zeros move in, and stand where not `real` [N or 1, B]."""
    source = torch.arange(x.shape[2]) - by[:, None]
    inside = (source >= 0) & (source < real.sum(1, keepdim=True)) & real
    index = source.clamp(0, x.shape[2] - 1)[:, None].expand(-1, x.shape[1], -1)
    return x.gather(2, index) * inside[:, None]


def augmented(x, real):
    """Frames of a batch as an epoch sees them."""
    n, n_channels, _ = x.shape
    x = shifted(x, torch.randint(-SHIFT_STEPS, SHIFT_STEPS + 1, (n,)), real)
    every = torch.ones(1, n_channels, dtype=torch.bool)
    x = shifted(x.transpose(1, 2), torch.randint(-SHIFT_CHANNELS, SHIFT_CHANNELS + 1, (n,)), every).transpose(1, 2)
    return x * (torch.rand(n, n_channels, 1) >= DROP_CHANNELS) / (1 - DROP_CHANNELS)


def train_epoch(net, train, scale, optimizer, schedule):
    net.train()
    for indices in torch.randperm(len(train.labels)).split(BATCH):
        batch = batch_of(train, indices.numpy(), scale)
        outputs = net(augmented(batch.x, batch.real), batch.real)
        loss = nn.functional.cross_entropy(outputs, batch.labels, label_smoothing=SMOOTHING)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), CLIP)
        optimizer.step()
        schedule.step()


@torch.no_grad()
def score(net, part, scale):
    net.eval()
    n_total = len(part.labels)
    batches = (batch_of(part, slice(i, i + SCORED), scale) for i in range(0, n_total, SCORED))
    n_correct = sum(int((net(x, real).argmax(1) == labels).sum()) for x, real, labels in batches)
    return {"accuracy": n_correct / n_total, "n_correct": n_correct, "n_total": n_total}


def fit(args, parts):
    """The result, without the seconds."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(args.seed)
    scale = 1 / max(float(parts.train.frames.std()), 1e-9)
    net = MODELS[args.model](parts.train.frames.shape[2], len(parts.classes))
    optimizer = torch.optim.AdamW(net.parameters(), args.lr, weight_decay=DECAY)
    n_batches = -(-len(parts.train.labels) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, args.lr, total_steps=args.epochs * n_batches)
    by_epoch, best = [], None
    for _ in range(args.epochs):
        train_epoch(net, parts.train, scale, optimizer, schedule)
        if not parts.valid:
            continue
        by_epoch.append(score(net, parts.valid, scale)["accuracy"])
        if best is None or by_epoch[-1] > by_epoch[best]:
            best, kept = len(by_epoch) - 1, copy.deepcopy(net.state_dict())
    from_input, from_units = net.operations(float(parts.test.lengths.mean()))
    result = {"model": args.model, "seed": args.seed, "n_epochs": args.epochs, "parameters": sum(each.numel() for each in net.parameters()),
              "synaptic_operations": {"from_input": from_input, "from_units": from_units}, "test": {"last": score(net, parts.test, scale)}}
    if parts.valid:
        result["valid"] = {"last": by_epoch[-1], "best": by_epoch[best], "best_epoch": best + 1, "by_epoch": by_epoch}
        net.load_state_dict(kept)
        result["test"]["best"] = score(net, parts.test, scale)
    return result


def parser():
    found = parser_of(__doc__)
    found.add_argument("--model", choices=sorted(MODELS), required=True)
    found.add_argument("--seed", metavar="N", type=int, default=1, help="of weights, order and changes (default %(default)s)")
    found.add_argument("--epochs", metavar="N", type=int, default=EPOCHS, help="(default %(default)s)")
    found.add_argument("--lr", metavar="RATE", type=float, default=RATE, help="(default %(default)s)")
    return found


def main():
    args = parse(parser(), chooses=False)
    if args.epochs < 1:
        raise ValueError(f"--epochs {args.epochs}: must be 1 or more")
    result = fit(args, read_parts(args))
    result["cpu_seconds"] = round(time.process_time(), 1)
    if args.json:
        print(json.dumps(result))
        return
    for figure, scored in result["test"].items():
        epoch = args.epochs if figure == "last" else result["valid"]["best_epoch"]
        print(f"{figure} epoch ({epoch}): accuracy {scored['accuracy']:.4f}, {scored['n_correct']} of {scored['n_total']}"
              + (f"; validation {result['valid'][figure]:.4f}" if "valid" in result else ""))
    operations = result["synaptic_operations"]
    print(f"{result['parameters']} parameters; multiply-adds per recording {sum(operations.values()):.0f}, of these from the input "
          f"{operations['from_input']:.0f}; {result['cpu_seconds']} s of CPU")


if __name__ == "__main__":
    run(main)
