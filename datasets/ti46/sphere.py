"""NIST SPHERE files: what the header of one says, why one cannot be used, and writing one."""

import os
import pathlib

MAGIC = b"NIST_1A"
HEADER_BYTES = 1024
MAX_HEADER_BYTES = 1 << 16


def parse_header(first_bytes):
    """(size of the header, {name: value as text}) of the first bytes of a SPHERE file; ValueError if they end too early."""
    lines = first_bytes.decode("latin-1").split("\n")
    fields = {}
    for line in lines[2:]:
        if line.strip() == "end_head":
            return int(lines[1]), fields
        name, _, rest = line.strip().partition(" -")
        fields[name] = rest.partition(" ")[2]  # after the type: i, r, or s with the length
    raise ValueError("no line end_head")


def fault_of(path):
    """Why a recording cannot be used, as (kind, message with the remedy); None if nothing is wrong with its header.

    Looks at the header and the size of the file. A RIFF WAV file is only recognised: ossicle-lyon checks it.
    """
    try:
        with open(path, "rb") as file:
            first_bytes = file.read(MAX_HEADER_BYTES)
            n_bytes = os.fstat(file.fileno()).st_size
    except OSError as error:
        return "unreadable", f"cannot be read ({error.strerror}); check its permissions"
    if not first_bytes:
        return "empty", "is empty; copy it again"
    if first_bytes.startswith(b"RIFF"):
        return None
    if not first_bytes.startswith(MAGIC):
        return "foreign", "is neither NIST SPHERE nor WAV; copy it again"
    try:
        n_header, fields = parse_header(first_bytes)
        coding = fields.get("sample_coding", "pcm")
        if "embedded-" in coding:
            return "compressed", f"is compressed (sample_coding {coding}); unpack it: sph2pipe -p -f wav IN.sph OUT.wav"
        n_frames = int(fields["sample_count"])
        n_promised = n_header + n_frames * int(fields["channel_count"]) * int(fields["sample_n_bytes"])
    except KeyError:
        return None  # a field that is not there promises nothing
    except ValueError:
        return "cut", "is cut short or damaged inside its header; copy it again"
    if n_frames <= 0:
        return "empty", "holds no samples by its header; copy it again"
    if n_bytes < n_promised:
        return "cut", f"is cut short: {n_bytes} of the {n_promised} bytes that its header promises; copy it again"
    return None


def header(utterance, n_samples, sample_rate_hz, byte_format="01", sample_coding="pcm"):
    """The 1024 bytes before 16-bit samples of one channel. byte_format: 01, low byte first, or 10."""
    texts = (("database_id", "TI46"), ("utterance_id", utterance), ("sample_coding", sample_coding),
             ("sample_byte_format", byte_format))
    numbers = (("channel_count", 1), ("sample_count", n_samples), ("sample_rate", sample_rate_hz), ("sample_n_bytes", 2),
               ("sample_sig_bits", 16))
    lines = [f"{name} -s{len(value)} {value}" for name, value in texts] + [f"{name} -i {value}" for name, value in numbers]
    data = MAGIC + f"\n{HEADER_BYTES:7}\n".encode() + "\n".join([*lines, "end_head", ""]).encode("ascii")
    return data.ljust(HEADER_BYTES)


def write(path, samples, sample_rate_hz, n_kept=None):
    """Writes samples (bytes, 16 bit, low byte first); of their bytes only the first n_kept, if given: a file cut short."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(header(path.stem.lower(), len(samples) // 2, sample_rate_hz) + samples[:n_kept])
