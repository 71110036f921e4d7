#!/usr/bin/env python3
"""Runs a NIR graph in Norse and in snnTorch and compares every spike with a stream of ossicle-predict --spikes all.

Neurons and weights are the modules that the peers make of the file's nodes, and nirtorch.nir_to_torch runs the graph of them.
Below stand the peers' own calls, which are built on it or on its predecessor: norse.torch.from_nir takes nirtorch's old executor,
which visits nodes depth first, so that a node with two ways in runs before the second has come and a skip arrives a step late;
snntorch.import_nir.import_from_nir folds each cycle into a graph of its own, which nirtorch 2.6 cannot take. Exit code 1:
spikes differ that should not.
"""

import argparse
import contextlib
import io
import itertools
import logging
import pathlib
import sys
import warnings

import nir
import nirtorch
import numpy as np
import torch

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
import norse.torch  # noqa: E402
from norse.torch.utils.import_nir import _import_norse_module  # noqa: E402
from snntorch.import_nir import _nir_to_snntorch_module, import_from_nir  # noqa: E402

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from read_stream import read_records  # noqa: E402

DT_S = 1e-3  # of the graph for Norse


def read_stream(path, n_records):
    """{key: array} of a stream's first records."""
    return {meta["key"]: array for _, meta, array in itertools.islice(read_records(path), n_records)}


def layers_of(graph):
    return sorted((name for name in graph.nodes if name.startswith("lif_")), key=lambda name: int(name[4:]))


def quietly(call, *arguments):
    """snnTorch prints every array that it reads."""
    with contextlib.redirect_stdout(io.StringIO()):
        return call(*arguments)


def norse_module(node):
    return _import_norse_module(node, ignore_warnings=True, dt=DT_S)


def snntorch_module(node):
    return _nir_to_snntorch_module(node, init_hidden=True)


def to_double(network):
    network.double()
    for module in network.modules():
        if hasattr(module, "p"):  # Norse keeps constants beside the modules' buffers
            module.p = module.p._replace(
                **{name: value.double() for name, value in module.p._asdict().items() if torch.is_tensor(value)})
        for name in ("w_in", "r"):
            if torch.is_tensor(getattr(module, name, None)):
                setattr(module, name, getattr(module, name).double())


class Run:
    """The spikes of a network, and the potentials after the reset where the module gives them: [record][step][neuron]."""

    def __init__(self, network, layers, inputs, double=False):
        if double:
            to_double(network)
        inputs = torch.from_numpy(inputs).to(torch.float64 if double else torch.float32)
        modules = dict(network.named_modules())
        seen = {}
        for name in layers:
            modules[name].register_forward_hook(lambda module, given, out, name=name: seen.__setitem__(name, out))
        state, spikes, potentials = None, [], []
        for step in range(inputs.shape[1]):
            _, state = network(inputs[:, step], state)
            spikes.append(torch.cat([seen[name][0] if isinstance(seen[name], tuple) else seen[name] for name in layers], 1))
            if isinstance(seen[layers[0]], tuple):  # Norse: spikes, (synapse, membrane)
                potentials.append(torch.cat([seen[name][1][1].v for name in layers], 1))
        self.spikes = torch.stack(spikes, 1).numpy()
        self.potentials = torch.stack(potentials, 1).numpy() if potentials else None


def report(name, found, wanted):
    """Prints the comparison; whether all spikes are equal."""
    differs = found != wanted
    equal = int((~differs.any((1, 2))).sum())
    print(f"{name:40} {equal:4} of {len(wanted)} recordings equal, {int(differs.sum())} of {wanted.size} values differ", flush=True)
    return equal == len(wanted)


def compare_modules(graph, graph_snntorch, inputs, wanted):
    layers = layers_of(graph)
    kinds = (nir.Linear, nir.Affine, nir.CubaLIF)
    runs = {}
    good = True
    for peer, make, source, precision in (("Norse", norse_module, graph, "float"), ("Norse", norse_module, graph, "double"),
                                          ("snnTorch", snntorch_module, graph_snntorch, "float")):
        network = quietly(nirtorch.nir_to_torch, source, dict.fromkeys(kinds, make))
        runs[peer, precision] = Run(network, layers, inputs, precision == "double")
        good &= report(f"{peer}, {precision}, every layer", runs[peer, precision].spikes, wanted)
    single, double = runs["Norse", "float"], runs["Norse", "double"]
    gap = float(graph.nodes["lif_1"].v_threshold[0]) - double.potentials[double.spikes == 0].max()
    print(f"{int(wanted.sum())} spikes; potentials of float and double differ by at most "
          f"{np.abs(single.potentials - double.potentials).max():.1e}, the closest one without a spike is {gap:.1e} below the threshold")
    return good


def try_calls(graph, graph_snntorch, inputs, wanted):
    """What the peers' own calls do with the file; no verdict."""
    layers = layers_of(graph)
    report("norse.torch.from_nir", Run(norse.torch.from_nir(graph, dt=DT_S), layers, inputs).spikes, wanted)
    try:
        network = quietly(import_from_nir, graph_snntorch)
    except AttributeError as error:
        print(f"{'snntorch.import_nir.import_from_nir':40} fails: {error}")
        return
    report("snntorch.import_nir.import_from_nir", Run(network, layers, inputs).spikes, wanted)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graph", help="NIR file with steps of 1 ms")
    parser.add_argument("graph_snntorch", help="NIR file with steps of 0.1 ms")
    parser.add_argument("stream", help="what the network was given")
    parser.add_argument("spikes", help="of all layers, from ossicle-predict")
    parser.add_argument("--records", type=int, default=100)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)

    streamed, wanted = (read_stream(path, args.records) for path in (args.stream, args.spikes))
    if list(streamed) != list(wanted) or len(wanted) != args.records:
        sys.exit(f"simulate_nir.py: {args.records} equal records wanted; {len(streamed)} and {len(wanted)} are there")
    inputs = np.stack(list(streamed.values()))
    wanted = np.stack(list(wanted.values()))
    good = compare_modules(nir.read(args.graph), nir.read(args.graph_snntorch), inputs, wanted)
    try_calls(nir.read(args.graph), nir.read(args.graph_snntorch), inputs, wanted)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
