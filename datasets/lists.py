"""Lists of recordings as ossicle-lyon reads them: tab-separated, a header line, one recording a line."""

import collections
import os
import pathlib
import sys

COLUMNS = ("path", "label", "speaker", "key")

Recording = collections.namedtuple("Recording", COLUMNS)


def warn(message):
    print(f"{pathlib.Path(sys.argv[0]).name}: {message}", file=sys.stderr)


def fail(message):
    """The job cannot be done: message, exit code 2."""
    warn(message)
    sys.exit(2)


def write_lines(path, lines):
    """Writes a text file aside, then renames it."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(path.name + ".part")
    with open(aside, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(line + "\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())
    os.replace(aside, path)


def write_list(path, recordings):
    """Writes the list. An empty one is an error: nothing downstream could use it."""
    if not recordings:
        fail(f"{path}: no recording belongs to this list")
    for recording in recordings:
        if any("\t" in field or "\n" in field for field in recording):
            fail(f"{recording.path!r}: a tab or line break in the name cannot stand in a list; rename the file")
    lines = ["\t".join(recording) for recording in sorted(recordings, key=lambda each: each.key)]
    write_lines(path, ["\t".join(COLUMNS), *lines])
    print(f"{path}: {len(recordings)} recordings")


def warn_of_counts(name, found, expected):
    """Says when a part of the corpus holds another number of recordings than published."""
    if found != expected:
        warn(f"{name}: {found} recordings where {expected} were expected; the lists hold what is there")
