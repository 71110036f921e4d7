"""Streams of records (frontend/stream/FORMAT.md) by tarfile and NumPy alone, with nothing of Ossicle's."""

import io
import json
import tarfile
import zlib

import numpy as np


def read_records(source):
    """Yields (header, metadata, array) of every record of a stream, a path or an open file; streams joined by cat are one. ValueError
    for what is damaged: an array whose checksum is not the one that its record names and, behind the last record, a stream that was cut
    or lacks records."""
    try:
        yield from records_of({"fileobj": source} if hasattr(source, "read") else {"name": source})
    except (ValueError, tarfile.TarError) as error:
        raise ValueError(f"{getattr(source, 'name', source)}: {error}") from error


def records_of(opened):
    header, n_records, keys_crc = None, 0, 0  # of the part that is being read
    with tarfile.open(**opened, mode="r|", ignore_zeros=True) as tar:
        for member in tar:
            data = tar.extractfile(member).read()
            if member.name == "__header__":
                require(header is None, f"a second stream begins after {n_records} records without __end__: the first was cut")
                header, n_records, keys_crc = json.loads(data), 0, 0
            elif member.name == "__end__":
                end = json.loads(data)
                require(end.get("n_records") == n_records, f"{n_records} records were read, {end.get('n_records')} were written: some are missing")
                require(end.get("keys_crc32") == f"{keys_crc:08x}", "the keys or their order differ from what was written")
                header = None
            elif member.name.endswith(".npy"):
                array, crc = np.load(io.BytesIO(data)), f"{zlib.crc32(data):08x}"
            elif member.name.endswith(".json"):
                record = json.loads(data)
                require(record["npy_crc32"] == crc, f"{record['key']}: the checksum of its array is {crc}, the record names {record['npy_crc32']}")
                n_records, keys_crc = n_records + 1, zlib.crc32(f"{record['key']}\n".encode(), keys_crc)
                yield header, record, array
    require(header is None, f"ends after {n_records} records without __end__: the stream was cut")


def require(is_right, message):
    if not is_right:
        raise ValueError(message)


def read_stream(source):
    """(the last header, [(metadata, array)]); ValueError without a record."""
    found = list(read_records(source))
    if not found:
        raise ValueError(f"{source}: no record")
    return found[-1][0], [(record, array) for _, record, array in found]
