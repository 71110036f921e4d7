"""What the baselines share: options, and the training, validation and test part as arrays of frames."""

import argparse
import collections
import pathlib
import sys
import tarfile

try:
    import numpy as np

    from read_stream import read_records
except ImportError:
    np = None  # --help needs none

# frames: [N, T, C], zeros after a recording's end; lengths: [N], steps of each; labels: [N], its class; speakers: [N], their names.
Part = collections.namedtuple("Part", "frames lengths labels speakers")
# whole: the training with what was cut from it for validation.
Parts = collections.namedtuple("Parts", "classes train valid whole test")


def parser_of(doc):
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", metavar="TRAIN", nargs="+", help="streams to fit")
    parser.add_argument("--test", metavar="TEST", help="stream to score (default: that of --valid)")
    parser.add_argument("--valid", metavar="STREAM", help="validation part; without it, one is cut from the training")
    parser.add_argument("--valid-fraction", metavar="F", type=float, default=0.1, help="0 to 1, not 1 (default %(default)s)")
    parser.add_argument("--valid-by", choices=("token", "speaker"), default="token", help="recordings, or whole speakers (default %(default)s)")
    parser.add_argument("--valid-seed", metavar="N", type=int, default=1, help="of the choice (default %(default)s)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    return parser


def parse(parser, chooses=True):
    """chooses: something is chosen on the validation part, so there must be one."""
    args = parser.parse_args()
    if np is None:
        sys.exit(f"{pathlib.Path(sys.argv[0]).name}: no NumPy for {sys.executable}; on Debian apt-get install python3-numpy, and run by "
                 "/usr/bin/python3")
    if not 0 <= args.valid_fraction < 1 or (chooses and not args.valid_fraction):
        parser.error(f"--valid-fraction {args.valid_fraction}: must lie between 0 and 1")
    if not (args.test or args.valid):
        parser.error("nothing to score: give --test, --valid or both")
    args.test = args.test or args.valid
    return args


def dense(array, header, n_steps):
    """[steps, channels]; events become counts."""
    if header["kind"] != "events":
        return array
    counts = np.zeros((n_steps, header["n_channels"]), np.float32)
    np.add.at(counts, (array[:, 0], array[:, 1]), 1)
    return counts


def read(paths):
    """(classes, [array of steps x channels], labels, speakers); recordings without a label left out."""
    classes, arrays, labels, speakers = None, [], [], []
    for path in paths:
        for header, record, array in read_records(path):
            if classes not in (None, header["classes"]):
                raise ValueError(f"{path}: its classes are not those of {paths[0]}")
            classes = header["classes"]
            if record["label"]:
                arrays.append(dense(array, header, record["n_steps"]))
                labels.append(classes.index(record["label"]))
                speakers.append(record["speaker"])
    if not arrays:
        raise ValueError(f"{paths[0]}: no recording with a label")
    return classes, arrays, np.array(labels), np.array(speakers)


def pad(arrays, n_steps):
    """(frames, lengths) of arrays of various lengths: shorter ones are followed by zeros, longer ones are cut."""
    frames = np.zeros((len(arrays), n_steps, arrays[0].shape[1]), np.float32)
    for row, array in zip(frames, arrays):
        row[: len(array)] = array[:n_steps]
    return frames, np.array([min(len(array), n_steps) for array in arrays])


def validation_part(speakers, fraction, by, seed):
    """A mask over the recordings: that share of them, or of the speakers, at least one and never all."""
    units = speakers if by == "speaker" else np.arange(len(speakers))
    names = np.unique(units)
    if len(names) < 2:
        raise ValueError(f"--valid-by {by}: the training has {len(names)} of them; two are wanted")
    count = min(max(1, round(fraction * len(names))), len(names) - 1)
    return np.isin(units, np.random.default_rng(seed).permutation(names)[:count])


def chosen(part, mask):
    return Part(*(array[mask] for array in part))


def read_parts(args):
    """Parts, without a validation part (None) where its share is 0. Their frames are as long as the longest recording of the training."""
    classes, arrays, *more = read(args.train)
    n_steps = max(map(len, arrays))
    whole = Part(*pad(arrays, n_steps), *more)
    del arrays  # as large as its frames

    def other(path):
        found, arrays, *more = read([path])
        if found != classes:
            raise ValueError(f"{path}: its classes are not those of {args.train[0]}")
        return Part(*pad(arrays, n_steps), *more)

    test = other(args.test)
    if args.valid:
        return Parts(classes, whole, test if args.valid == args.test else other(args.valid), whole, test)
    if not args.valid_fraction:
        return Parts(classes, whole, None, whole, test)
    held = validation_part(whole.speakers, args.valid_fraction, args.valid_by, args.valid_seed)
    return Parts(classes, chosen(whole, ~held), chosen(whole, held), whole, test)


def run(main):
    """Exit code 2 with a message for what cannot be read."""
    try:
        main()
    except (OSError, ValueError, tarfile.TarError) as error:
        print(f"{pathlib.Path(sys.argv[0]).name}: {error}", file=sys.stderr)
        sys.exit(2)
