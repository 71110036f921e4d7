"""Records of a stream (frontend/stream/FORMAT.md), without NumPy, which a machine that only draws need not have."""

import ast
import json
import math
import struct
import tarfile
import zlib
from array import array
from dataclasses import dataclass

from messages import Failure

TYPES = {"cochleagram": ("<f4", "f"), "raster": ("|b1", "B"), "counts": ("<u2", "H"), "events": ("<u4", "I")}


@dataclass
class Record:
    """`rows`: [step][channel] of intensities, spikes (0 or 1) or counts; of events the number in each step."""

    key: str
    label: str
    speaker: str
    n_steps: int
    dt_ms: float
    rows: list


def unsealed(data):
    """The object of a JSON member; ValueError where its text is not the one that was sealed (5.2 of the format)."""
    found, wanted = f"{zlib.crc32(data[:-11] + b'00000000' + data[-3:]):08x}", data[-11:-3].decode("ascii")
    if found != wanted:
        raise ValueError(f"the checksum of a text is {found}, it names {wanted}")
    return json.loads(data)


class Stream:
    """`header` as 3.2 of the format has it; records() once."""

    def __init__(self, source):
        self.source = source
        try:
            self.tar = tarfile.open(fileobj=source, mode="r|", ignore_zeros=True, encoding="utf-8")
            member = self.tar.next()
            self.header = unsealed(self.tar.extractfile(member).read())
            self.made_by = dict(self.header["made_by"])
            version, kind = self.header["version"], self.header["kind"]
            self.n_channels, self.classes, self.recipe = (
                self.header[name] for name in ("n_channels", "classes", "recipe")
            )
        except (tarfile.TarError, ValueError, KeyError, AttributeError, TypeError) as error:
            raise self.damaged(error) from None
        if version != 2:
            raise Failure(
                f"{source.name}: is a stream of version {version}, wanted 2; make it with tools of one version"
            )
        if kind not in TYPES:
            raise Failure(f"{source.name}: holds {kind}, wanted {', '.join(TYPES)}")
        self.kind = kind

    @property
    def is_of_network(self):
        """Whether it holds the spikes of a network rather than what one hears."""
        return bool(self.recipe) and self.recipe[-1]["tool"] == "ossicle-predict"

    def damaged(self, why):
        return Failure(f"{self.source.name}: the stream is damaged or was cut ({why}); make it anew")

    def records(self):
        """Every record, in order; Failure at the first that is damaged, and where the stream was cut."""
        n_here, ended, data = 0, False, b""
        try:
            while member := self.tar.next():
                content = self.tar.extractfile(member).read()
                ended = member.name == "__end__"
                if ended and (n_written := unsealed(content)["n_records"]) != n_here:
                    raise ValueError(f"{n_here} records were read, {n_written} were written")
                if member.name == "__header__":  # of a stream joined by cat
                    n_here = 0
                elif member.name.endswith(".npy"):
                    data = content
                elif not ended:
                    n_here += 1
                    yield self.record(unsealed(content), data)
        except (tarfile.TarError, ValueError, KeyError, AttributeError, TypeError, struct.error, SyntaxError) as error:
            raise self.damaged(error) from None
        if not ended:
            raise self.damaged("its end is missing")

    def record(self, fields, data):
        key, found = fields["key"], f"{zlib.crc32(data):08x}"
        if found != fields["npy_crc32"]:
            raise ValueError(f"{key}: the checksum of its array is {found}, the record names {fields['npy_crc32']}")
        length = struct.unpack_from("<H", data, 8)[0]
        shape = ast.literal_eval(data[10 : 10 + length].decode("ascii"))
        descr, code = TYPES[self.kind]
        if shape["descr"] != descr:
            raise ValueError(f"{key}: its array has the type {shape['descr']}, {self.kind} have {descr}")
        n_rows, n_columns = shape["shape"]
        numbers = array(code, data[10 + length :])
        if len(numbers) != n_rows * n_columns:
            raise ValueError(f"{key}: its array has {len(numbers)} numbers, wanted {n_rows} x {n_columns}")
        rows = [numbers[row * n_columns : (row + 1) * n_columns] for row in range(n_rows)]
        rows = counted(rows, fields["n_steps"], self.n_channels) if self.kind == "events" else rows
        if len(rows) != fields["n_steps"] or any(len(row) != self.n_channels for row in rows[:1]):
            raise ValueError(
                f"{key}: its array is {n_rows} x {n_columns}, wanted {fields['n_steps']} x {self.n_channels}"
            )
        if self.kind == "cochleagram" and not all(math.isfinite(value) for value in numbers):
            raise Failure(
                f"{self.source.name}: {key}: its cochleagram holds a value that is not finite; make the stream anew"
            )
        return Record(key, fields["label"], fields["speaker"], fields["n_steps"], fields["dt_ms"], rows)


def counted(events, n_steps, n_channels):
    """[step][channel] of how many of the (step, channel) fall there."""
    rows = [[0] * n_channels for _ in range(n_steps)]
    for step, channel in events:
        if step >= n_steps or channel >= n_channels:
            raise ValueError(f"event ({step}, {channel}) lies outside {n_steps} x {n_channels}")
        rows[step][channel] += 1
    return rows


def find_record(stream, key):
    """The record of that key, the first where it is empty."""
    n_records = 0
    for record in stream.records():
        if not key or record.key == key:
            return record
        n_records += 1
    if not key:
        raise Failure(f"{stream.source.name}: the stream holds no record")
    raise Failure(f"{stream.source.name}: none of its {n_records} records has the key {key}; tar tf lists them")
