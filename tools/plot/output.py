"""Where a picture goes. A file is written under a hidden name, synced and renamed, so that it is whole or not there."""

import errno
import fcntl
import hashlib
import os
import pathlib
import stat
import sys

from messages import Failure

# What a picture may replace, by its first bytes: one of its own format.
FIRST_BYTES = {"svg": b"<?xml", "png": b"\x89PNG", "html": b"<!DOCTYPE html>", "text": None}
NAMES = {"svg": "an SVG picture", "png": "a PNG picture", "html": "a page of HTML", "text": "a drawing in text"}


def is_standard_output(path):
    return path in ("-", "/dev/stdout")


def require_writable(path, form, inputs):
    """Before the work: Failure where the output would replace an input, or a file of another kind, or cannot be."""
    if is_standard_output(path):
        if form == "png" and sys.stdout.isatty():
            raise Failure("standard output is a terminal, and the output is binary; use -o FILE or a pipe")
        return
    if not path:
        raise Failure("the name of the output is empty; give a path or -")
    if os.path.isdir(path):
        raise Failure(f"{path}: is a folder; name a file in it")
    folder = pathlib.Path(path).parent
    if not folder.is_dir():
        raise Failure(f"{path}: folder {folder} does not exist; make it first")
    if not os.path.isfile(path):
        return
    for other in inputs:
        if other != "-" and os.path.exists(other) and os.path.samefile(path, other):
            raise Failure(f"{path}: this output would replace an input; name another file")
    with open(path, "rb") as file:
        found = file.read(16)
    if found and not is_of_form(found, form):
        raise Failure(
            f"{path}: is another file, and the output is {NAMES[form]}; remove it first, or name another file"
        )


def is_of_form(first_bytes, form):
    if FIRST_BYTES[form]:
        return first_bytes.startswith(FIRST_BYTES[form])
    return first_bytes[:1] in b" \n\f" and not any(
        first_bytes.startswith(magic) for magic in FIRST_BYTES.values() if magic
    )


def write(path, data):
    """The bytes to the file, or to standard output, a device or a named pipe directly. OSError where that fails."""
    if is_standard_output(path):
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    elif os.path.exists(path) and not os.path.isfile(path):
        with open(path, "wb") as device:
            device.write(data)
    else:
        replace(pathlib.Path(os.path.realpath(path)), data)


def replace(target, data):
    name = target.name if len(target.name) <= 100 else hashlib.sha256(target.name.encode()).hexdigest()[:16]
    descriptor, hidden = take(target.parent, name)
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(data)
        if target.exists():
            os.fchmod(descriptor, stat.S_IMODE(target.stat().st_mode) & 0o777)
        os.fsync(descriptor)
        os.rename(hidden, target)
    except BaseException:
        hidden.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)
    sync_folder(target.parent)


def take(folder, name):
    """A file of ours under a hidden name, locked while we live: what a killed run left there has no lock, and goes."""
    for attempt in range(1000):
        hidden = folder / f".{name}{f'.{attempt}' if attempt else ''}.ossicle-part"
        descriptor = os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(descriptor), os.stat(hidden)):
                os.ftruncate(descriptor, 0)
                return descriptor, hidden
        except (BlockingIOError, FileNotFoundError):
            pass
        os.close(descriptor)
    raise OSError(errno.EEXIST, "cannot create a file in its folder", str(folder))


def sync_folder(folder):
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError:
        pass  # some file systems cannot sync a folder
    finally:
        os.close(descriptor)
