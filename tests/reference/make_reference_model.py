#!/usr/bin/env python3
"""Write the sample model of the tests from snn/MODEL.md alone, without anything of the library.

    tests/reference/make_reference_model.py tests/data/model/sample.safetensors
    tests/reference/make_reference_model.py --check tests/data/model/sample.safetensors
"""
import json
import pathlib
import struct
import sys
import zlib

SIZES = [3, 4, 4, 4, 2]
SKIPS = [[1, 3], [0, 2]]
TRAINING = {
    "network": {"sizes": SIZES, "self_recurrent": [1, 2, 3], "bip": [1, 2, 3], "skips": SKIPS, "tau_m": 16.0,
                "tau_s": 8.0, "v_th": 1.0, "input_scale": 2.0},
    "gradient": {"rule": "surrogate", "bound": 8.0, "slope": 0.2, "exponent_bound": 8.0, "warm_fraction": 0.25,
                 "layer_rate": 0.1, "self_gain": 0.0},
    "loss": {"kind": "count", "target_passes": 1, "desired_share": 0.3, "undesired_share": 0.03},
    "init": {"w_scale": 0.5, "w_self_mean": 0.0, "w_self_std": 0.0, "tau_m_spread": 1.0},
    "optimiser": {"lr": 0.004, "lr_self": None, "lr_theta": 0.001, "schedule": "cosine", "beta1": 0.9, "beta2": 0.999,
                  "eps": 1e-8, "weight_decay": 0.0, "clip_norm": 1.0, "clip_scope": "global", "clip_weight": 4.0, "theta_min": 0.0,
                  "theta_max": 0.999, "ema_decay": 0.0},
    "augment": {"shift_steps": 5, "shift_channels": 1, "warp": 0.0, "gain_db": 0.0, "drop_channels": 0.1,
                "mask_channels": 0, "mask_steps": 0, "drop_neurons": 0.0},
    "run": {"n_epochs": 60, "batch_size": 50, "seed": 2**64 - 1},
}
METADATA = {
    "format": "ossicle-model",
    "format_version": "2",
    "crc32": "00000000",
    "classes": ['"nein", \\', "j\u00e4"],
    "input_kind": "cochleagram",
    "recipe": '[{"tool":"ossicle-lyon","params":{"ear_q":8.0}}]',
    "which": "best",
    "n_epochs_done": "7",
    "valid_accuracy": repr(0.1 + 0.2),
}


def compact(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def shapes():
    layers = range(1, len(SIZES))
    pairs = [(n - 1, n) for n in layers] + [tuple(skip) for skip in SKIPS]
    named = {f"w_{k}_{n}": [SIZES[n], SIZES[k]] for k, n in pairs}
    named |= {f"w_self_{n}": [SIZES[n]] for n in TRAINING["network"]["self_recurrent"]}
    return named | {f"theta_{n}": [SIZES[n]] for n in layers}


def model():
    header = {"__metadata__": METADATA | {"classes": compact(METADATA["classes"]), "training": compact(TRAINING)}}
    data = b""
    for name, shape in sorted(shapes().items()):
        n = shape[0] * (shape[1] if len(shape) == 2 else 1)
        low = 0 if name.startswith("theta") else 3
        values = struct.pack(f"<{n}f", *((i % 7 - low) / 8 for i in range(n)))
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    text = compact(header).encode()
    text += b" " * (-len(text) % 8)
    content = struct.pack("<Q", len(text)) + text + data
    digits = content.index(b'"crc32":"') + len(b'"crc32":"')
    return content[:digits] + b"%08x" % zlib.crc32(content) + content[digits + 8:]


def main():
    path = pathlib.Path(sys.argv[-1])
    if sys.argv[1] != "--check":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(model())
    elif path.read_bytes() != model():
        sys.exit(f"{path}: not the bytes that this program writes; write it again and look at what changed")


if __name__ == "__main__":
    main()
