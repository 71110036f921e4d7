#!/usr/bin/env python3
"""A contender of the bench in Python.

  peer.py lstm|spikingjelly|snntorch|snntorch-recurrent|tsslbp --sizes 78,400,400,400,26 --steps 100 --batch 50
  peer.py lyon --sounds FILE --utterances 120 --samples 6250 --decimation 200
  peer.py wav-to-stream --list LIST.tsv --root DIR --output FILE

A network answers to "step" (gather a batch, forward pass, loss, backward pass, norm clip, Adam at rate 0) and "infer" (gather, forward
pass), --repeats of them in a row; lyon to "hear", wav-to-stream to "convert". One thread; numbers below the normal range count as zero. tsslbp can run on a GPU (--device cuda): the data lies there, and the clock stops when all work is done.
"""

import argparse
import logging
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from serve import serve  # noqa: E402

N_BATCHES = 4  # different batches, taken in turn


def make_data(n_utterances, n_steps, n_channels, n_classes):
    """Intensities [n][T][C] of 0..1 as ossicle_bench makes them, and labels."""
    import torch

    levels = (2 * torch.rand(n_utterances, 1, n_channels) - 1).clamp(min=0)
    return levels * torch.rand(n_utterances, n_steps, n_channels), torch.arange(n_utterances) % n_classes


class Training:
    def __init__(self, network, loss, options):
        import torch

        self.torch, self.network, self.loss, self.n_batch, self.n_done = torch, network, loss, options.batch, 0
        data = make_data(N_BATCHES * options.batch, options.steps, options.sizes[0], options.sizes[-1])
        self.x, self.labels = (values.to(options.device) for values in data)
        self.order = torch.randperm(len(self.labels)).to(options.device)
        self.parameters = list(network.parameters())
        self.optimiser = torch.optim.Adam(self.parameters, lr=0.0, fused=True)

    def batch(self):
        begin = self.n_done % N_BATCHES * self.n_batch
        chosen = self.order[begin : begin + self.n_batch]
        self.n_done += 1
        return self.x[chosen].transpose(0, 1).contiguous(), self.labels[chosen]

    def step(self):
        x, labels = self.batch()
        self.optimiser.zero_grad()
        self.loss(self.network(x), labels).backward()
        self.torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimiser.step()
        if hasattr(self.network, "clip_weights"):
            self.network.clip_weights()

    def infer(self):
        x, _ = self.batch()
        with self.torch.inference_mode():
            self.network(x)


def serve_network(options):
    logging.disable(logging.WARNING)  # spikingjelly's modules make torch miss a compiler for GPUs
    import torch

    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(1)
    torch.backends.cuda.matmul.allow_tf32 = options.precision == "tf32"
    about, wait = f"torch {torch.__version__}", lambda: None
    if options.device != "cpu":
        about, wait = f"{about} on {torch.cuda.get_device_name(options.device)}, {options.precision}", torch.cuda.synchronize
    if options.what == "tsslbp":
        import tsslbp

        network, loss = tsslbp.Network(options.sizes, rule=options.rule).to(options.device), tsslbp.count_loss
        training = Training(network, loss, options)
        found = tsslbp.scale_to_rate(network, training.batch()[0][:, :10], options.rate)
        about += ", rates " + " ".join(f"{rate:.4f}" for rate in found)
    else:
        import networks

        network = networks.BY_NAME[options.what](options.sizes)
        training = Training(network, torch.nn.functional.cross_entropy, options)
    about += f", {sum(p.numel() for p in network.parameters())} parameters"
    serve(about, {"step": training.step, "infer": training.infer}, options.repeats, wait)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("lstm", "spikingjelly", "snntorch", "snntorch-recurrent", "tsslbp", "lyon", "wav-to-stream"))
    parser.add_argument("--sizes", type=lambda text: [int(n) for n in text.split(",")])
    for name, default in (("steps", 100), ("batch", 50), ("utterances", 120), ("samples", 6250), ("decimation", 200), ("repeats", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--rate", type=float, default=0.05, help="tsslbp: firing rate of the hidden layers (default 0.05)")
    parser.add_argument("--rule", choices=("surrogate", "step"), default="surrogate", help="tsslbp: of the backward pass")
    parser.add_argument("--device", default="cpu", help="tsslbp: cpu, cuda or cuda:N (default cpu)")
    parser.add_argument("--precision", choices=("fp32", "tf32"), default="fp32", help="tsslbp: of products on a GPU")
    for name in ("sounds", "list", "root", "output"):
        parser.add_argument(f"--{name}", type=pathlib.Path)
    options = parser.parse_args()
    if options.device != "cpu" and options.what != "tsslbp":
        parser.error(f"--device {options.device}: only tsslbp runs on another device than the CPU")
    if options.what == "lyon":
        from ear import serve_lyon

        serve_lyon(options)
    elif options.what == "wav-to-stream":
        from ear import serve_wav_to_stream

        serve_wav_to_stream(options)
    else:
        serve_network(options)


if __name__ == "__main__":
    main()
