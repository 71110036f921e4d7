"""The golden cases: (name, what make_reference_snn.py makes it from)."""

PAPER_LOSSES = {
    "kernel": dict(kind="kernel", target_passes=1, desired=None, undesired=None),
    "count": dict(kind="count", target_passes=1, desired=12.0, undesired=1.0),
    "softmax": dict(kind="softmax", target_passes=1, desired=None, undesired=None),
}
LOSSES = PAPER_LOSSES | {"mean-softmax": PAPER_LOSSES["softmax"] | dict(kind="mean-softmax", logit_gain=8.0, label_smoothing=0.1)}


def spec(net, loss, steps=40, batch=4, input="real", trainer=None, **more):
    return dict(net=net, loss=LOSSES[loss] | more.pop("loss_options", {}), steps=steps, batch=batch, input=input,
                trainer=dict(lr=0.005, lr_theta=0.005) | (trainer or {}), **more)


def paper_cases():
    mid = dict(sizes=[12, 16, 16, 16, 5], tau_m=16.0, tau_s=8.0, v_th=1.0)
    small = dict(sizes=[5, 7, 6, 4], tau_m=16.0, tau_s=8.0, v_th=1.0)
    sr, skip, bip = dict(self_recurrent=(1, 2, 3)), dict(skips=((1, 3),)), dict(bip=(1, 2, 3))
    variants = {"ff": {}, "sr": sr, "srsc": sr | skip, "srsc_bip": sr | skip | bip}
    for v, kw in variants.items():
        for loss in PAPER_LOSSES:
            yield f"mid_{v}_{loss}", spec(mid | kw, loss)
    full = mid | sr | skip | bip
    yield "mid_srsc_bip_kernel_binary", spec(full, "kernel", input="binary")
    yield "mid_srsc_bip_count_binary", spec(full, "count", input="binary")
    yield "small_ff_kernel", spec(small, "kernel", 20, 3)
    yield "small_ff_softmax_binary", spec(small, "softmax", 20, 3, "binary")
    yield "small_sr_kernel_binary", spec(small | dict(self_recurrent=(1, 2)), "kernel", 20, 3, "binary")
    yield "small_sr_bip_count", spec(small | dict(self_recurrent=(1, 2), bip=(1, 2)), "count", 20, 3)
    yield "t37_srsc_bip_kernel", spec(full, "kernel", 37, 3)
    yield "t7_sr_kernel", spec(small | dict(self_recurrent=(1, 2)), "kernel", 7, 3)
    yield "t1_sr_bip_softmax", spec(small | dict(self_recurrent=(1, 2), bip=(1, 2)), "softmax", 1, 3)
    yield "double_filter_ff_kernel", spec(small, "kernel", 20, 3, loss_options=dict(target_passes=2))
    yield "double_filter_srsc_bip_kernel", spec(full, "kernel", 40, 4, loss_options=dict(target_passes=2))
    yield "adamw_sr_bip_kernel", spec(small | dict(self_recurrent=(1, 2), bip=(1, 2)), "kernel", 20, 3, trainer=dict(weight_decay=0.01))
    yield "tau_m64_srsc_bip_kernel", spec(full | dict(tau_m=64.0), "kernel", 60, 2)
    yield "tau5_3_ff_count", spec(small | dict(tau_m=5.0, tau_s=3.0), "count", 20, 3)
    yield "threshold_half_srsc_softmax", spec(mid | sr | skip | dict(v_th=0.5), "softmax", 30, 2)
    yield "many_skips_all_trained", spec(
        mid | dict(self_recurrent=(1, 2, 3, 4), bip=(1, 2, 3, 4), skips=((0, 2), (1, 3), (0, 4), (2, 4))), "kernel", 30, 2)
    yield "bounds_srsc_bip_kernel", spec(full, "kernel", 30, 2, at_bounds=True)
    yield "batch1_srsc_bip_kernel", spec(full, "kernel", 40, 1)
    deep = small | dict(self_recurrent=(1, 2), bip=(1, 2), skips=((1, 3),))
    yield "silent_srsc_bip_kernel", spec(deep, "kernel", 20, 3, regime="silent")
    yield "zero_input_srsc_bip_kernel", spec(deep, "kernel", 20, 3, regime="zero_input")
    yield "saturated_srsc_bip_kernel", spec(deep, "kernel", 20, 3, regime="saturated")
    yield "saturated_srsc_bip_count", spec(deep, "count", 20, 3, regime="saturated")
    for loss in PAPER_LOSSES:
        yield f"rule_surrogate_srsc_bip_{loss}", spec(full | dict(rule="surrogate"), loss)
    yield "rule_surrogate_ff_count", spec(mid | dict(rule="surrogate"), "count")
    yield "rule_bound1_srsc_bip_count", spec(full | dict(bound=1.0), "count")
    layer = dict(rule="layer", bound=10.0)
    yield "rule_layer_busy_srsc_bip_kernel", spec(full | layer, "kernel")
    yield "rule_layer_quiet_srsc_bip_kernel", spec(full | layer, "kernel", rate=0.075)
    yield "rule_layer_mixed_srsc_bip_count", spec(full | layer, "count", rate=0.1)


def feature_cases():
    """Delays, bias, normalised drive, adaptation, read-outs, mean-softmax: each alone, then together."""
    net = dict(sizes=[5, 6, 7, 4], tau_m=16.0, tau_s=8.0, v_th=1.0)
    quick = net | dict(tau_m=8.0, tau_s=3.0)
    sr, skips, bip = dict(self_recurrent=(1, 2)), dict(skips=((1, 3),)), dict(bip=(1, 2))
    full = sr | skips | bip
    surrogate, layer = dict(rule="surrogate"), dict(rule="layer", bound=10.0)
    delays = dict(input_delays=(0, 2, 5), forward_delays=(0, 3), skip_delays=(1, 4))
    decay = dict(weight_decay=0.01)

    yield "delays_ff_kernel", spec(net | dict(input_delays=(0, 2, 5), forward_delays=(0, 3)), "kernel", 24, 3)
    yield "delays_srsc_bip_count", spec(
        net | full | dict(skips=((0, 2), (1, 3)), input_delays=(0, 1, 4), forward_delays=(0, 2), skip_delays=(0, 3, 6)), "count", 28, 3)
    yield "delays_without_zero_ff_softmax", spec(
        quick | surrogate | dict(input_delays=(1, 4), forward_delays=(2,)), "softmax", 24, 4, loss_options=dict(label_smoothing=0.2))
    yield "delays_beyond_end_sr_kernel", spec(
        quick | sr | dict(input_delays=(0, 9, 30), forward_delays=(0, 8)), "kernel", 25, 4, lengths=(25, 7, 13, 10), trainer=decay)
    yield "bias_srsc_bip_kernel", spec(net | full | dict(bias=True), "kernel", 24, 3, trainer=decay)
    norm = dict(normalised=True, bias=True)
    yield "norm_surrogate_ff_kernel", spec(quick | norm | surrogate, "kernel", 24, 3, new_run=True)
    yield "norm_step_sr_count", spec(quick | norm | sr, "count", 24, 3)
    yield "norm_layer_sr_kernel", spec(quick | norm | sr | layer, "kernel", 24, 3)
    yield "norm_delays_srsc_bip_softmax", spec(
        quick | norm | full | delays, "softmax", 24, 4, lengths=(24, 13, 20, 9), trainer=decay)
    yield "adapt_surrogate_ff_kernel", spec(quick | surrogate | dict(adaptive=(1, 2)), "kernel", 24, 3)
    yield "adapt_step_srsc_bip_count", spec(net | full | dict(adaptive=(1, 2)), "count", 28, 3)
    yield "adapt_layer_sr_kernel", spec(quick | sr | layer | dict(adaptive=(1, 2, 3)), "kernel", 28, 3)
    yield "spiking_readout_srsc_mean_softmax", spec(quick | sr | skips | surrogate, "mean-softmax", 24, 4, lengths=(24, 17, 11, 22))
    yield "mean_readout_ff_mean_softmax", spec(quick | surrogate | dict(readout="mean", bias=True), "mean-softmax", 24, 4)
    yield "mean_readout_srsc_mean_softmax", spec(
        quick | sr | skips | dict(readout="mean", forward_delays=(0, 2), skip_delays=(1, 3)), "mean-softmax", 24, 4)
    yield "leaky_readout_bip_mean_softmax", spec(
        net | full | dict(readout="leaky", bip=(1, 2, 3)), "mean-softmax", 24, 4, loss_options=dict(label_smoothing=0.0))
    every = quick | full | norm | delays | dict(adaptive=(1, 2))
    uneven = dict(lengths=(26, 14, 20, 8), trainer=decay | dict(lr_theta=0.003))
    yield "all_leaky_surrogate", spec(every | surrogate | dict(readout="leaky", bip=(1, 2, 3)), "mean-softmax", 26, 4, **uneven)
    yield "all_mean_step", spec(every | dict(readout="mean"), "mean-softmax", 26, 4, **uneven)
    yield "all_spiking_layer", spec(every | layer | dict(bip=(1, 2, 3), adaptive=(1, 2, 3)), "mean-softmax", 26, 4, **uneven)


def recurrent_cases():
    """Lateral matrices: by every rule, sparse, and beside everything else."""
    quick = dict(sizes=[5, 6, 7, 4], tau_m=8.0, tau_s=3.0, v_th=1.0)
    net = quick | dict(tau_m=16.0, tau_s=8.0)
    full = dict(self_recurrent=(1, 2), skips=((1, 3),), bip=(1, 2))
    surrogate, layer = dict(rule="surrogate"), dict(rule="layer", bound=10.0)
    both, norm = dict(recurrent=(1, 2)), dict(normalised=True, bias=True)
    uneven = dict(lengths=(26, 14, 20, 8))
    yield "rec_surrogate_ff_kernel", spec(quick | surrogate | dict(recurrent=(2,)), "kernel", 24, 3)
    yield "rec_step_ff_count", spec(net | both, "count", 24, 3)
    yield "rec_layer_ff_kernel", spec(quick | layer | both, "kernel", 24, 3)
    yield "rec_step_srsc_bip_kernel", spec(net | full | both, "kernel", 26, 4, **uneven)
    yield "rec_sparse_surrogate_bip_softmax", spec(
        quick | surrogate | both | dict(bip=(1, 2), recurrent_density=0.4), "softmax", 24, 4, trainer=dict(weight_decay=0.01))
    yield "rec_adapt_step_count", spec(net | both | dict(adaptive=(1, 2)), "count", 24, 3)
    yield "rec_norm_surrogate_kernel", spec(quick | surrogate | norm | both, "kernel", 24, 3, new_run=True)
    yield "rec_norm_step_softmax", spec(quick | norm | both, "softmax", 26, 4, **uneven)
    yield "rec_norm_layer_kernel", spec(quick | layer | norm | both, "kernel", 24, 3)
    yield "rec_all_mean_surrogate", spec(
        quick | surrogate | full | norm | both | dict(
            adaptive=(1, 2), readout="mean", input_delays=(0, 2), forward_delays=(0, 3), recurrent_density=0.6),
        "mean-softmax", 20, 4, lengths=(20, 12, 16, 8))


def spike_train_cases():
    net = dict(sizes=[5, 7, 6, 4], tau_m=16.0, tau_s=8.0, v_th=1.0, rule="spike-train")
    quick = net | dict(tau_m=8.0, tau_s=3.0)
    sr, skips, bip = dict(self_recurrent=(1, 2)), dict(skips=((1, 3),)), dict(bip=(1, 2))
    yield "st_ff_kernel", spec(net, "kernel", 24, 3)
    yield "st_ff_softmax_binary", spec(net, "softmax", 20, 3, "binary")
    yield "st_sr_count", spec(net | sr, "count", 28, 3)
    yield "st_srsc_bip_kernel", spec(net | sr | skips | bip, "kernel", 28, 3)
    yield "st_bound_sr_bip_count", spec(quick | dict(v_th=0.5, self_recurrent=(1, 2, 3), bip=(1, 2, 3)), "count", 28, 3, w_self_std=1.5)
    yield "st_delays_srsc_bip_mean_softmax", spec(
        quick | sr | skips | bip | dict(bias=True, input_delays=(0, 2, 5), forward_delays=(0, 3), skip_delays=(1, 4)), "mean-softmax", 24, 4,
        lengths=(24, 13, 20, 9), trainer=dict(weight_decay=0.01))
    yield "st_t7_sr_kernel", spec(net | sr, "kernel", 7, 3)
    yield "st_silent_srsc_bip_kernel", spec(net | sr | skips | bip, "kernel", 20, 3, regime="silent")


def cases():
    yield from paper_cases()
    yield from feature_cases()
    yield from recurrent_cases()
    yield from spike_train_cases()
