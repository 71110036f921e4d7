"""Streams of records (frontend/stream/FORMAT.md) by tarfile and NumPy alone, with nothing of Ossicle's."""

import io
import json
import tarfile
import zlib

import numpy as np


def read_records(source):
    """Yields (header, metadata, array) of every record of a stream, a path or an open file; streams joined by cat are one. ValueError
    where the checksum of an array is not the one that its record names."""
    opened = {"fileobj": source} if hasattr(source, "read") else {"name": source}
    with tarfile.open(**opened, mode="r|", ignore_zeros=True) as tar:
        for member in tar:
            data = tar.extractfile(member).read()
            if member.name == "__header__":
                header = json.loads(data)
            elif member.name.endswith(".npy"):
                array, crc = np.load(io.BytesIO(data)), f"{zlib.crc32(data):08x}"
            elif member.name.endswith(".json"):
                record = json.loads(data)
                if record["npy_crc32"] != crc:
                    raise ValueError(f"{record['key']}: the checksum of its array is {crc}, the record names {record['npy_crc32']}")
                yield header, record, array


def read_stream(source):
    """(the last header, [(metadata, array)]); ValueError without a record."""
    found = list(read_records(source))
    if not found:
        raise ValueError(f"{source}: no record")
    return found[-1][0], [(record, array) for _, record, array in found]
