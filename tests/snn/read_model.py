#!/usr/bin/env python3
"""Read a model file as any other program would: by the published container format, or by the package safetensors."""
import json
import struct
import sys
import zlib


def read_plain(path):
    """Names, shapes and values by the format's description; the checksum by MODEL.md."""
    with open(path, "rb") as file:
        content = file.read()
    (length,) = struct.unpack("<Q", content[:8])
    assert length % 8 == 0, f"data start at byte {8 + length}, not a multiple of 8"
    header = json.loads(content[8:8 + length])
    metadata = header.pop("__metadata__")
    assert all(isinstance(value, str) for value in metadata.values()), "metadata must be strings"
    at = content.index(b'"crc32":"') + len(b'"crc32":"')
    crc = zlib.crc32(content[:at] + b"00000000" + content[at + 8:])
    assert metadata["crc32"] == f"{crc:08x}", f"checksum {metadata['crc32']}, bytes give {crc:08x}"
    arrays, end = {}, 0
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        first, last = entry["data_offsets"]
        assert entry["dtype"] == "F32" and first == end, f"{name}: {entry}"
        arrays[name] = (entry["shape"], struct.unpack(f"<{(last - first) // 4}f", content[8 + length + first:8 + length + last]))
        end = last
    assert 8 + length + end == len(content), "bytes behind the last array"
    return metadata, arrays


def read_with_package(path):
    try:
        from safetensors import safe_open
    except ImportError as missing:
        print(f"SKIPPED: {missing}")
        sys.exit(0)
    arrays = {}
    with safe_open(path, framework="numpy") as file:
        for name in file.keys():
            array = file.get_tensor(name)
            arrays[name] = (list(array.shape), tuple(array.reshape(-1).tolist()))
        return file.metadata(), arrays


def check(metadata, arrays):
    training = json.loads(metadata["training"])
    assert training["network"]["sizes"] == [3, 4, 4, 4, 2] and training["run"]["seed"] == 2**64 - 1
    assert json.loads(metadata["classes"]) == ['"nein", \\', "j\u00e4"]
    assert json.loads(metadata["recipe"])[0]["params"]["ear_q"] == 8.0
    assert float(metadata["valid_accuracy"]) == 0.1 + 0.2
    weights = {"w_0_1": [4, 3], "w_1_2": [4, 4], "w_2_3": [4, 4], "w_3_4": [2, 4], "w_1_3": [4, 4], "w_0_2": [4, 3]}
    others = {"w_self_1": [4], "w_self_2": [4], "w_self_3": [4], "theta_1": [4], "theta_2": [4], "theta_3": [4], "theta_4": [2]}
    assert {name: shape for name, (shape, _) in arrays.items()} == weights | others
    for name, (_, values) in arrays.items():
        low = 0 if name.startswith("theta") else 3
        assert list(values) == [(i % 7 - low) / 8 for i in range(len(values))], f"{name}: {values}"


if __name__ == "__main__":
    check(*(read_with_package if sys.argv[1] == "--package" else read_plain)(sys.argv[-1]))
