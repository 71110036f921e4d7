"""An input: a file or standard input, and what it is by its first bytes."""

import sys

from messages import Failure

FIRST = 4096
WANTED = "a stream, a log of ossicle-train, a CSV file of ossicle-eval or answers of ossicle-predict --json"

# Of what is known by its first bytes: kind, or what it is and what to do.
KINDS = (
    (b'{"epoch":', "log"),
    (b'{"path":', "answers"),
    (b"label\\predicted,", "confusion"),
    (b"step,share,accuracy,n", "latency"),
    (b"threshold,miss,false_accept", "det"),
)
OTHERS = (
    (b"\x1f\x8b", "a gzip file", "gunzip it first"),
    (b"\x28\xb5\x2f\xfd", "a zstd file", "decompress it first, with zstd -d"),
    (b"\x89HDF", "an HDF5 file", "ossicle-rebin or ossicle-convert makes a stream of it"),
    *(
        (magic, "a recording", "ossicle-lyon makes a stream of it")
        for magic in (b"RIFF", b"fLaC", b"FORM", b"NIST_1A", b"OggS", b"ID3")
    ),
)


class Source:
    """`name` for messages, `kind`, and its bytes by read(). Failure for what cannot be read or drawn."""

    def __init__(self, path):
        self.name = path
        if path == "-":
            self.name = "standard input"
            if sys.stdin.isatty():
                raise Failure(
                    f"standard input is a terminal, and this tool waits for {WANTED}; name a file or pipe one in"
                )
            self.file = sys.stdin.buffer
        else:
            try:
                self.file = open(path, "rb")
            except FileNotFoundError:
                raise Failure(f"{path}: no such file; check the path and the working folder") from None
            except IsADirectoryError:
                raise Failure(f"{path}: is a folder, wanted {WANTED}") from None
        self.head = self.file.read(FIRST)
        self.kind = self.find_kind()

    def find_kind(self):
        if not self.head:
            raise Failure(f"{self.name}: is empty, wanted {WANTED}; did the tool before it fail?")
        if self.head.startswith(b"__header__\0") and self.head[257:262] == b"ustar":
            return "stream"
        for magic, kind in KINDS:
            if self.head.removeprefix(b"\xef\xbb\xbf").startswith(magic):
                return kind
        for magic, found, remedy in OTHERS:
            if self.head.startswith(magic):
                raise Failure(f"{self.name}: is {found}, wanted {WANTED}; {remedy}")
        if self.head[8:9] == b"{" and b'"__metadata__"' in self.head:
            raise Failure(
                f"{self.name}: is a model, wanted {WANTED}; ossicle-predict --spikes makes a stream of its spikes"
            )
        raise Failure(f"{self.name}: is of no kind known here, wanted {WANTED}")

    def read(self, n=-1):
        """As of a file; what find_kind() saw comes first."""
        if n < 0:
            data, self.head = self.head, b""
            return data + self.file.read()
        data, self.head = self.head[:n], self.head[n:]
        return data if len(data) == n else data + self.file.read(n - len(data))

    def text(self):
        data = self.read()
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise Failure(f"{self.name}: byte {error.start} is not UTF-8; save it as UTF-8") from None
