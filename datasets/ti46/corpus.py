"""What is known of TI46 (LDC93S9): names of files, words, counts. datasets/ti46/README.md has the sources."""

import collections
import re

# Word, speaker, session (e: training), token.
NAME = re.compile(r"(..)([fm][1-8])s(e|\d+)t(\d)\.(sph|wav)", re.IGNORECASE)
Name = collections.namedtuple("Name", "word speaker session token")

SPEAKERS = tuple(f"{sex}{number}" for sex in "fm" for number in range(1, 9))

# Word code in the names of files -> label, in the order of the classes.
ALPHA = {f"0{letter}": letter for letter in "abcdefghijklmnopqrstuvwxyz"}
DIGITS = {f"0{i}": word for i, word in enumerate("zero one two three four five six seven eight nine".split())}
TASKS = {"alpha": ALPHA, "digits": DIGITS}
FOLDERS = {"alpha": "ti_alpha", "digits": "ti20"}
# The ten other words of TI20; no task here asks for them.
OTHER_WORDS = frozenset("en er go hp no rb rp sp st ys".split())

N_TOKENS = {"train": 10, "test": 16}  # of every word and speaker, were the corpus complete
PUBLISHED = {"alpha": {"train": 4142, "test": 6628}, "digits": {"train": 1594, "test": 2542}}


def parse_name(file_name):
    """The Name, in lower case, or None if the corpus has no such name."""
    match = NAME.fullmatch(file_name)
    if not match:
        return None
    name = Name(*(field.lower() for field in match.groups()[:3]), int(match[4]))
    known = name.word in ALPHA or name.word in DIGITS or name.word in OTHER_WORDS
    return name if known else None


def part_of(name):
    return "train" if name.session == "e" else "test"


def n_full(task, part):
    return len(SPEAKERS) * len(TASKS[task]) * N_TOKENS[part]
