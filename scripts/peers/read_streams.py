#!/usr/bin/env python3
"""Opens the files of check_streams with their peers and compares every value with the stream that they were made of; then writes files
with the peers, has ossicle-convert read them, and compares again.

  read_streams.py FOLDER               exit code 0: all equal; 1: something differs
  read_streams.py --channels STREAM    the number of channels
"""
import io
import pathlib
import subprocess
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from read_stream import read_stream  # noqa: E402

KINDS = ("cochleagram", "raster", "counts", "events")


def convert(*words):
    """Standard output."""
    done = subprocess.run(["ossicle-convert", "-q", *map(str, words)], capture_output=True)
    if done.returncode:
        raise SystemExit(f"ossicle-convert {words}: exit code {done.returncode}\n{done.stderr.decode()}")
    return done.stdout


def converted(*words):
    """The stream that it writes, read."""
    return read_stream(io.BytesIO(convert(*words)))


def same(found, wanted, what):
    found, wanted = np.asarray(found), np.asarray(wanted)
    if found.shape != wanted.shape or not np.array_equal(found, wanted):
        raise SystemExit(f"{what}: differs\n{found}\n{wanted}")


def class_of(header, meta):
    return header["classes"].index(meta["label"]) if meta["label"] else -1


def spikes_of(header, array):
    """(step, channel) of every spike, n times for a count of n."""
    return array if header["kind"] == "events" else np.repeat(np.argwhere(array), array[array > 0].astype(int), axis=0)


def check_numpy(kind, header, records):
    with np.load(f"{kind}.npz", allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    for i, (meta, array) in enumerate(records):
        if kind == "events":
            found = arrays["X"][arrays["offsets"][i] : arrays["offsets"][i + 1]]
        else:
            found = arrays["X"][i, : arrays["n_steps"][i]]
            same(arrays["X"][i, arrays["n_steps"][i] :], 0 * arrays["X"][i, arrays["n_steps"][i] :], "zeros at the end")
        same(found, array, meta["key"])
        same(found.dtype, array.dtype, "type")
        same(arrays["y"][i], class_of(header, meta), "y")
        for name, field in (("keys", "key"), ("speakers", "speaker"), ("n_steps", "n_steps"), ("dt_ms", "dt_ms")):
            same(arrays[name][i], meta[field], name)
    same(arrays["classes"], header["classes"], "classes")
    return sum(array.size for _, array in records)


def check_kaldiio(kind, header, records):
    import kaldiio

    by_scp = kaldiio.load_scp(f"{kind}.kaldi/feats.scp")
    by_ark = dict(kaldiio.load_ark(f"{kind}.kaldi/feats.ark"))
    text = dict((line.split(maxsplit=1) + [""])[:2] for line in open(f"{kind}.kaldi/text", encoding="utf-8").read().splitlines())
    same(sorted(by_scp), sorted(meta["key"] for meta, _ in records), "keys")
    for meta, array in records:
        same(by_scp[meta["key"]], array.astype(np.float32), meta["key"])
        same(by_ark[meta["key"]], array.astype(np.float32), meta["key"])
        same(text[meta["key"]], meta["label"], "text")
    return sum(array.size for _, array in records)


def check_h5py(kind, header, records):
    import h5py

    n = 0
    with h5py.File(f"{kind}.h5") as file:
        same([name.decode() for name in file["extra/keys"]], header["classes"], "extra/keys")
        for i, (meta, array) in enumerate(records):
            spikes = spikes_of(header, array)
            same(file["spikes/units"][i], spikes[:, 1], meta["key"])
            same(np.floor(file["spikes/times"][i] / (1e-3 * meta["dt_ms"])), spikes[:, 0], meta["key"])
            same(file["labels"][i], class_of(header, meta), "label")
            same(file["ossicle/speakers"][file["extra/speaker"][i]].decode(), meta["speaker"], "speaker")
            n += spikes.size
    return n


def check_tonic(kind, header, records):
    """Tonic's own class for SHD, which looks for its files here before it asks the network."""
    import tonic

    folder = pathlib.Path(f"tonic-{kind}/SHD")
    folder.mkdir(parents=True)
    (folder / "shd_train.h5").symlink_to(pathlib.Path(f"{kind}.h5").resolve())
    (folder / "shd_train.h5.zip").touch()
    data = tonic.datasets.SHD(save_to=f"tonic-{kind}", train=True)
    same(len(data), len(records), "number of records")
    same([name.decode() for name in data.classes], header["classes"], "classes")
    n = 0
    for i, (meta, array) in enumerate(records):
        events, target = data[i]
        spikes = spikes_of(header, array)
        same(events["x"], spikes[:, 1], meta["key"])
        # Tonic counts whole us.
        same(np.floor(np.floor(events["t"]) / (1e3 * meta["dt_ms"])) if kind != "events" else events["t"], spikes[:, 0], meta["key"])
        same(target, class_of(header, meta), "label")
        n += spikes.size
    return n


def check_webdataset(kind, header, records):
    import webdataset

    samples = list(webdataset.WebDataset(f"{kind}.tar", shardshuffle=False).decode())
    same([sample["__key__"] for sample in samples], [meta["key"] for meta, _ in records], "keys")
    for sample, (meta, array) in zip(samples, records):
        same(sample["npy"], array, meta["key"])
        same(sample["json"]["label"], meta["label"], "label")
    return sum(array.size for _, array in records)


def read_numpy(header, records):
    """np.savez_compressed of rows that all have one length."""
    n_steps = min(meta["n_steps"] for meta, _ in records)
    x = np.stack([array[:n_steps] for _, array in records]).astype(np.float64)
    np.savez_compressed("theirs.npz", X=x, y=[meta["label"] for meta, _ in records], keys=[meta["key"] for meta, _ in records])
    found_header, found = converted("theirs.npz", "--dt-ms", 8)
    same(found_header["dt_ms"], 8.0, "dt_ms")
    for (meta, array), (wanted, _), rows in zip(found, records, x):
        same(array, rows.astype(np.float32), meta["key"])
        same((meta["key"], meta["label"]), (wanted["key"], wanted["label"]), "metadata")
    return x.size


def read_kaldiio(header, records):
    import kaldiio

    with kaldiio.WriteHelper("ark,scp:theirs.ark,theirs.scp") as writer:
        for meta, array in records:
            writer(meta["key"], array.astype(np.float64 if meta["n_steps"] % 2 else np.float32))
    with open("theirs.text", "w", encoding="utf-8") as text:
        text.writelines(f"{meta['key']} {meta['label']}\n" for meta, _ in records)
    _, found = converted("theirs.ark", "--labels", "theirs.text", "--dt-ms", 8)
    for (meta, array), (wanted, rows) in zip(found, records, strict=True):
        same(array, rows, meta["key"])
        same((meta["key"], meta["label"]), (wanted["key"], wanted["label"]), "metadata")
    for method in range(2, 8):  # all that Kaldi has
        kaldiio.save_ark("packed.ark", {meta["key"]: array for meta, array in records}, compression_method=method)
        wanted = dict(kaldiio.load_ark("packed.ark"))
        for meta, array in converted("packed.ark", "--dt-ms", 8)[1]:
            # Roundings of float: some units in the last place of the largest number.
            if not np.allclose(array, wanted[meta["key"]], rtol=0, atol=4 * np.spacing(np.abs(wanted[meta["key"]]).max())):
                raise SystemExit(f"{meta['key']}: compressed by method {method}, expanded otherwise than by kaldiio")
    return sum(array.size for _, array in records)


def read_h5py(header, records):
    """As SHD is published: times in half precision, units of 16 bits."""
    import h5py

    with h5py.File("theirs.h5", "w") as file:
        times = file.create_dataset("spikes/times", (len(records),), h5py.vlen_dtype(np.float16))
        units = file.create_dataset("spikes/units", (len(records),), h5py.vlen_dtype(np.uint16))
        for i, (meta, array) in enumerate(records):
            spikes = spikes_of(header, array)
            times[i] = ((spikes[:, 0] + 0.5) * meta["dt_ms"] * 1e-3).astype(np.float16)
            units[i] = spikes[:, 1]
        file["labels"] = np.array([class_of(header, meta) for meta, _ in records], np.uint16)
        file["extra/keys"] = np.array(header["classes"], "S")
        file["extra/speaker"] = np.zeros(len(records), np.uint16)
    _, found = converted("theirs.h5")
    n = 0
    with h5py.File("theirs.h5") as file:
        for i, ((meta, array), (wanted, _)) in enumerate(zip(found, records, strict=True)):
            same(array[:, 1], file["spikes/units"][i], meta["key"])
            same(array[:, 0], np.floor(file["spikes/times"][i].astype(np.float64) * 1e6 * (1 + 1e-9)), meta["key"])
            same(meta["label"], wanted["label"], "label")
            n += array.size
    return n


def main():
    if sys.argv[1:2] == ["--channels"]:
        print(read_stream(sys.argv[2])[0]["n_channels"])
        return 0
    streams = {kind: read_stream(f"{kind}.tar") for kind in KINDS}
    checks = [(check, kind) for check, kinds in ((check_numpy, KINDS), (check_kaldiio, KINDS[:3]), (check_h5py, KINDS[1:]),
                                                 (check_tonic, KINDS[1:]), (check_webdataset, KINDS)) for kind in kinds]
    for check, kind in checks:
        header, records = streams[kind]
        n = check(kind, header, records)
        print(f"{check.__name__.removeprefix('check_'):>10} reads {kind:<11} {len(records)} records, {n:,} numbers: equal")
    for read, kind in ((read_numpy, "cochleagram"), (read_kaldiio, "cochleagram"), (read_h5py, "raster")):
        n = read(*streams[kind])
        print(f"{read.__name__.removeprefix('read_'):>10} writes {kind:<11}, read back: {len(streams[kind][1])} records, {n:,} numbers: equal")
    for kind in KINDS:
        for path in (f"{kind}.npz", f"{kind}.kaldi", f"{kind}.h5"):
            if pathlib.Path(path).exists():
                back = convert(path)
                if back != pathlib.Path(f"{kind}.tar").read_bytes():
                    raise SystemExit(f"{path}: the stream that comes back is another")
                print(f"{path} back to a stream: every byte equal")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SystemExit as end:
        if isinstance(end.code, str):
            print(f"read_streams.py: {end.code}", file=sys.stderr)
            sys.exit(1)
        raise
