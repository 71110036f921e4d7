"""Where the corpora lie, and the streams that are made of them for each table."""

import collections
import os
import pathlib
import re
import shutil
import subprocess
import sys

from plan import OWN_VALIDATION, QUICK_TOKENS, SPLITS, TABLES

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATASETS = ROOT / "datasets"
UNSEEN_VOICES = ("f4", "f7", "m3", "m6")  # of the synthetic corpora, as in datasets/synthetic/run.sh
LEVEL = ("--level-db", "-22")  # of free corpora, as in scripts/lib.sh; the paper's are heard as they are
DEPTH = 4  # of folders, that many levels below --data are looked at

# folder: of a fold's lists and streams; valid: the corpus' own validation part, or None; test: what is scored, the validation part where
# a corpus with one has no test
Streams = collections.namedtuple("Streams", "folder train valid test")
FSDD_NAME = re.compile(r"\d_([a-z]+)_\d+\.wav", re.IGNORECASE)
FOLDERS = {"alpha": "ti_alpha", "letters": "ti_alpha", "digits": "ti20"}
NEEDED = {
    "ti46": "TI46 (LDC93S9): --data DIR with DIR/ti46/{}, datasets/ti46/README.md",
    "n-tidigits": "N-TIDIGITS18: --data DIR with DIR/n-tidigits*.hdf5, datasets/n-tidigits/README.md",
    "shd": "the Spiking Heidelberg Digits: --data DIR with DIR/shd/shd_train.h5 and shd_test.h5, datasets/shd/README.md",
    "fsdd": "the Free Spoken Digit Dataset: --data DIR with DIR/fsdd/recordings, datasets/fsdd/README.md",
    "arabic-commands": "the Arabic Speech Commands Dataset: --data DIR with DIR/arabic-commands, datasets/arabic-commands/README.md",
    "synthetic": "synthetic speech: --data DIR with DIR/synthetic/{}, or espeak-ng to make it (scripts/install_packages speech)",
}


class Failed(Exception):
    """The message says what could not be done."""


def say(message):
    print(f"reproduce: {message}", file=sys.stderr)


def folders_like(roots, pattern):
    """The given folders, each followed by those in it whose name matches."""
    for root in roots:
        yield root
        yield from (each for each in sorted(root.iterdir()) if each.is_dir() and re.search(pattern, each.name, re.IGNORECASE))


def folder_named(root, name, depth=DEPTH):
    """The first folder of that name at or below `root`, capitals or not; None if there is none."""
    if root.name.lower() == name:
        return root
    children = sorted(each for each in root.iterdir() if each.is_dir()) if depth else []
    return next(filter(None, (folder_named(each, name, depth - 1) for each in children)), None)


def first_bytes(folder):
    """Of the first recording in it: b"RIFF" of ours, b"NIST" of the LDC's."""
    for parent, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            if name.lower().endswith((".wav", ".sph")):
                with open(os.path.join(parent, name), "rb") as file:
                    return file.read(4)
    return b""


def find_words(roots, name, task):
    """TI46 and what is synthetic share folders and names: the first is in a folder called so, or its files are SPHERE."""
    for folder in folders_like(roots, r"ti.?46|ldc93s9" if name == "ti46" else r"synthetic"):
        words = folder_named(folder, FOLDERS[task])
        if not words:
            continue
        begin = first_bytes(words)
        named = re.search(r"ti.?46|ldc93s9", folder.name, re.IGNORECASE)
        if name == "ti46" and begin and (named or begin == b"NIST"):
            return folder
        if name == "synthetic" and begin == b"RIFF" and not named and words.parent == folder:
            return folder
    return None


def fsdd_speakers(folder):
    names = map(FSDD_NAME.fullmatch, os.listdir(folder / "recordings" if (folder / "recordings").is_dir() else folder))
    return sorted({match[1].lower() for match in names if match})


def find(table, roots, out):
    """The corpus of a table; None where it is neither there nor can be made."""
    corpus, task = TABLES[table].corpus, TABLES[table].task
    if corpus == "fsdd":
        return next(filter(fsdd_speakers, folders_like(roots, r"fsdd|free.?spoken.?digit")), None)
    if corpus == "arabic-commands":
        folders = folders_like(roots, r"arabic")
        return next((each for each in folders if (each / "train.csv").is_file() or (each / "train.tsv").is_file()), None)
    if corpus == "shd":
        folders = folders_like(roots, r"shd|heidelberg")
        return next((each for each in folders if all((each / f"shd_{part}.h5").is_file() for part in ("train", "test"))), None)
    if corpus == "n-tidigits":
        pattern = r"n.?tidigits.*\.(h5|hdf5)$"
        files = (each for folder in folders_like(roots, r"n.?tidigits") for each in sorted(folder.iterdir()))
        return next((each for each in files if re.search(pattern, each.name, re.IGNORECASE)), None)
    found = find_words(roots, corpus, task)
    made = out / "synthetic"
    if corpus == "synthetic" and not found and (shutil.which("espeak-ng") or (made / FOLDERS[task]).is_dir()):
        return made
    return found


def needed(table):
    return NEEDED[TABLES[table].corpus].format(FOLDERS.get(TABLES[table].task))


def streams_of(run, out):
    table, split = run.table, run.setting.get("split")
    folder = out / "streams" / (f"fsdd-without-{run.fold}" if run.fold else f"{table}-{split}" if split else table)
    own = folder / "valid.tar" if TABLES[table].corpus in OWN_VALIDATION else None
    if own:
        test = folder / "test.tar" if (folder / "test.tsv").exists() else own
    else:
        test = folder / ("unseen.tar" if TABLES[table].by_speaker else "test.tar")
    return Streams(folder, folder / "train.tar", own, test)


def output(*command, skips=False):
    """Standard output. skips: exit code 1 says that records were named and left out."""
    done = subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode not in ((0, 1) if skips else (0,)):
        raise Failed(f"{' '.join(map(str, command))}: exit code {done.returncode}; its own message stands above")
    return done.stdout


def make_lists(table, fold, place, folder, args):
    corpus, task = TABLES[table].corpus, TABLES[table].task
    prepare = [sys.executable, DATASETS / corpus / "prepare", place, "-o", folder]
    if corpus == "ti46":
        output(*prepare, "--task", task, skips=True)
    elif corpus == "arabic-commands":
        output(*prepare)
    elif corpus == "fsdd":
        output(*prepare, *(["--leave-out", fold] if fold else []))
    else:
        if place == args.out / "synthetic" and shutil.which("espeak-ng"):
            few = ["--train-tokens", QUICK_TOKENS, "--test-tokens", QUICK_TOKENS] if args.quick else []
            output(sys.executable, DATASETS / "synthetic/make", place, "--task", task, *few)
        unseen = [word for voice in UNSEEN_VOICES for word in ("--leave-out", voice)] if TABLES[table].by_speaker else []
        output(*prepare, "--task", task, *unseen)


def needed_of(streams):
    """Each once."""
    return list(dict.fromkeys(filter(None, (streams.train, streams.valid, streams.test))))


def rebin_words(run, place, part):
    """Steps of the event corpora: the paper's, and those of datasets/shd/run.sh. None of what is heard by the ear."""
    if TABLES[run.table].corpus == "n-tidigits":
        return [place, "--part", part, "--split", run.setting.get("split", SPLITS[0]), "--bin-ms", 3, "--max-steps", 300]
    if TABLES[run.table].corpus == "shd":
        return [place / f"shd_{part}.h5", "--bin-ms", 10, "--channels", 100]
    return None


def make_streams(run, place, args):
    """Makes what is not there yet of the streams that this run needs, and all of its table and fold with it."""
    table, fold, streams = run.table, run.fold, streams_of(run, args.out)
    streams.folder.mkdir(parents=True, exist_ok=True)
    if streams.valid:
        make_lists(table, fold, place, streams.folder, args)
        streams = streams_of(run, args.out)  # a test part may have come
    missing = [each for each in needed_of(streams) if not each.exists()]
    if not missing:
        return
    say(f"making the streams of table {table}" + (f" without {fold}" if fold else ""))
    is_heard = rebin_words(run, place, "train") is None
    if is_heard and not streams.valid:
        make_lists(table, fold, place, streams.folder, args)
    for stream in missing:
        if not is_heard:
            output("ossicle-rebin", "-q", *rebin_words(run, place, stream.stem), "-o", stream, skips=True)
            continue
        classes = ["--classes", streams.folder / "classes.txt"] if TABLES[table].corpus == "ti46" else []
        # 12.5 kHz and 100 steps: the ear's defaults, and the paper's
        level = LEVEL if TABLES[table].corpus in ("fsdd", "synthetic", "arabic-commands") else ()
        output("ossicle-lyon", "-q", *level, "--list", stream.with_suffix(".tsv"), "--root", place, *classes, "--jobs", args.jobs, "-o", stream,
             skips=True)
