"""Float64 reference of spiking networks trained with TSSL-BP, in numpy.

Layers of leaky integrate-and-fire neurons with first-order synapses; feed-forward, self-recurrent and skip connections with
delays; bias, batch-normalised drive, adaptation, read-outs without a threshold; gradients of every trained array, the losses
and the optimiser step.  The witness of the tests: it shares no line with snn/, and its equations are those of
snn/EQUATIONS.md, written for clarity alone.

Populations are numbered 0 (network input), 1 .. L (layers).  A connection is a tuple (from, to), or (from, to, delay) where the
delay is not 0.  Arrays over time have the shape (B, T, N), weights (N_to, N_from), per-neuron parameters (N,).  Utterances may
end before T (lengths): whatever stands behind the end of one is 0.
"""
import reference_backward
import reference_spike_train
from reference_backward import spike_slope, surrogate
from reference_forward import Net, Params, Record, RunningNorm, fold, forward, init_params, name_of
from reference_training import Trainer, decide, loss_and_grad, synapse, target_pattern

__all__ = ["Net", "Params", "Record", "RunningNorm", "Trainer", "backward", "decide", "fold", "forward", "init_params", "loss_and_grad",
           "name_of", "spike_slope", "surrogate", "synapse", "target_pattern"]


def backward(net, p, rec, grad_out):
    """Gradients, deltas and the errors that arrived, by the network's rule."""
    rule = reference_spike_train if net.rule == "spike-train" else reference_backward
    return rule.backward(net, p, rec, grad_out)
