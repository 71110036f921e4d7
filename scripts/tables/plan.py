"""What scripts/reproduce runs: tables, settings, and the list of runs in its fixed order."""

import collections
import re
import zlib

from rows import BASELINES, NETWORKS, ONLY, RIDGE, ROWS, layer_flags, layers_of

Table = collections.namedtuple("Table", "title corpus task hidden preset by_speaker paper")
# A run's id is also the path of its result below the output folder, without ".json".
Run = collections.namedtuple("Run", "id table fold row seed setting protocol flags")

# preset: the paper's setting for this corpus, or, where it has none, for the corpus most like it.
# by_speaker: the test's speakers are not heard in training, nor are the validation's.
# paper: the column of PUBLISHED; of the synthetic corpora it belongs to another corpus, and is shown as such.
TABLES = {
    "3": Table("TI46-Alpha (the paper's table 3)", "ti46", "alpha", "400-400-400", "paper-alpha", False, "3"),
    "4": Table("TI46-Digits (the paper's table 4)", "ti46", "digits", "100-100-100", "paper-digits", False, "4"),
    "5": Table("N-TIDIGITS (the paper's table 5)", "n-tidigits", "", "400-400-400", "paper-n-tidigits", False, "5"),
    "fsdd": Table("Free Spoken Digit Dataset, official split", "fsdd", "", "100-100-100", "paper-digits", False, None),
    "fsdd-unseen": Table("Free Spoken Digit Dataset, each speaker left out", "fsdd", "", "100-100-100", "paper-digits", True, None),
    "digits": Table("Synthetic digits, unseen tokens", "synthetic", "digits", "100-100-100", "paper-digits", False, "4"),
    "letters": Table("Synthetic letters, unseen tokens", "synthetic", "letters", "100-100-100", "paper-alpha", False, "3"),
    "digits-unseen": Table("Synthetic digits, unseen voices", "synthetic", "digits", "100-100-100", "paper-digits", True, None),
    "letters-unseen": Table("Synthetic letters, unseen voices", "synthetic", "letters", "100-100-100", "paper-alpha", True, None),
    "shd": Table("Spiking Heidelberg Digits", "shd", "", "100-100-100", "paper-alpha", False, None),
    "arabic": Table("Arabic Speech Commands, unseen speakers", "arabic-commands", "", "100-100-100", "paper-alpha", True, None),
}

# Of ossicle-train, beside those of the row (runs.py).
RUN_OPTIONS = ("-o", "--output", "--threads", "--log", "--resume", "--overwrite", "--valid", "--valid-fraction", "--valid-by", "--valid-seed")
BEFORE = ("--preset", "--hidden", "--epochs", "--valid-fraction")  # options of scripts/reproduce too
BASELINE = "baseline"  # protocol of what is not a network of ossicle-train
OWN_VALIDATION = ("arabic-commands",)  # corpora that bring a validation part
SPLITS = ("ab", "official")  # of N-TIDIGITS, the paper's first

EPOCHS = {"best": 20, "best-large": 20, "plain": 60, "paper": 400}
HIDDEN = {"best": "128-128-128", "best-large": "256-256-256"}  # the others take the table's
VALID_FRACTION = 0.1  # of the training recordings, by token
VALID_VOICES = 0.2  # of the synthetic voices heard, by speaker
SEEDS = 5
# --quick: every step of the route, nothing learnt.
QUICK_EPOCHS, QUICK_SEEDS, QUICK_TOKENS = 2, 1, 2


def settings_of(args, table):
    """{name: value} of what all runs of a table share; what the caller leaves open is the table's or the preset's."""
    found = {
        "preset": args.preset,
        "hidden": args.hidden or HIDDEN.get(args.preset, TABLES[table].hidden),
        "epochs": args.epochs or (QUICK_EPOCHS if args.quick else EPOCHS[args.preset]),
        "valid_fraction": args.valid_fraction,  # None: the table's
        "extra": args.extra,
    }
    if TABLES[table].corpus == "n-tidigits" and args.split != SPLITS[0]:
        found["split"] = args.split
    if args.quick:
        found["quick"] = True
    return found


def part_name(settings):
    """Of a folder: what counts for a baseline, too."""
    share, split = settings["valid_fraction"], settings.get("split")
    return (f"-{split}" if split else "") + (f"-valid{share:g}" if share is not None else "")


def setting_name(settings):
    """A folder's name; two settings never share one."""
    name = f"{settings['preset']}-{settings['hidden']}-{settings['epochs']}epochs{part_name(settings)}"
    if settings["extra"]:
        words = " ".join(settings["extra"])
        name += re.sub(r"[^A-Za-z0-9.]+", "-", f"-{words}")[:60] + f"-{zlib.crc32(words.encode()):08x}"
    return name


def valid_fraction(table, settings, n_speakers):
    """Share of the training that is set aside. FSDD: one of the speakers that are left."""
    if settings["valid_fraction"] is not None:
        return settings["valid_fraction"]
    if TABLES[table].corpus in OWN_VALIDATION:
        return 0
    if not TABLES[table].by_speaker:
        return VALID_FRACTION
    if TABLES[table].corpus == "fsdd" and n_speakers < 3:
        raise ValueError(f"table {table}: found {n_speakers} speakers, wanted 3 or more")
    return round(1 / (n_speakers - 1), 4) if TABLES[table].corpus == "fsdd" else VALID_VOICES


def valid_by(table):
    return "speaker" if TABLES[table].by_speaker else "token"


def epochs_of(row, settings):
    return min(settings["epochs"], NETWORKS[row].most_epochs)


def network_flags(table, settings, row, seed):
    """Options of ossicle-train without data and files."""
    network = NETWORKS[row]
    preset = TABLES[table].preset if settings["preset"] == "paper" else "plain" if network.is_plain else settings["preset"]
    return ["--preset", preset, *layer_flags(layers_of(row, settings)), "--epochs", str(epochs_of(row, settings)),
            *network.flags, "--seed", str(seed), *settings["extra"]]


def run_of(table, settings, fold, row, seed, protocol, fraction):
    folder = row + part_name(settings) if protocol == BASELINE else setting_name(settings)
    name = "-".join(filter(None, (fold, row, f"s{seed}", "on-test" if protocol == "on-test" else "")))
    split = [] if not fraction else ["--valid-fraction", f"{fraction:g}", "--valid-by", valid_by(table), "--valid-seed", str(seed)]
    if protocol == BASELINE:
        flags = split or (["--valid-fraction", "0"] if settings["valid_fraction"] == 0 else [])
    else:
        flags = network_flags(table, settings, row, seed) + (split if protocol == "valid" else [])
    return Run(f"{table}/{folder}/{name}", table, fold, row, seed, settings, protocol, flags)


def rows_of_table(table):
    return [row for row in ROWS if table in ONLY.get(row, TABLES)]


def rows_asked(args, table):
    return [row for row in rows_of_table(table) if row in (args.rows or ROWS)]


def option_names(words):
    """--bip of --bip, --no-bip and --bip=1."""
    return {re.sub("^--no-", "--", word.split("=")[0]) for word in words if word.startswith("-")}


def require_choices(args):
    """ValueError for a row that a table does not have (asked for all of them, it is in some), and for options of ossicle-train that the
    runs set themselves: it would refuse them when the streams are made, or another network would bear the row's name."""
    for table in args.tables:
        strange = [row for row in args.rows or [] if row not in rows_of_table(table)]
        if strange and not args.asked_all:
            raise ValueError(f"--rows {strange[0]}: table {table} has no such row, but {','.join(rows_of_table(table))}")
        for row in [row for row in rows_asked(args, table) if row in NETWORKS]:
            own = option_names([*RUN_OPTIONS, *network_flags(table, {**settings_of(args, table), "extra": []}, row, 1)])
            for name in sorted(own & option_names(args.extra)):
                remedy = "give it before --" if name in BEFORE else "leave it out, or leave out the row (--rows)"
                raise ValueError(f"-- {name}: row {row} of table {table} sets it itself; {remedy}")


def runs_of_table(args, table, speakers):
    """Seeds are the outer loop, so that a stopped plan has every row. speakers: of FSDD, else empty."""
    settings = settings_of(args, table)
    folds = speakers if table == "fsdd-unseen" else [""]
    fraction = valid_fraction(table, settings, len(speakers))
    seeds = range(1, (args.seeds or (QUICK_SEEDS if args.quick else SEEDS)) + 1)
    rows = rows_asked(args, table)

    def baselines(seed, names):
        """They stand beside every setting with that validation part. Ridge needs one: without, it takes the table's."""
        own = settings if settings["valid_fraction"] or names != [RIDGE] else {**settings, "valid_fraction": None}
        found = [run_of(table, own, fold, row, seed, BASELINE, valid_fraction(table, own, len(speakers))) for fold in folds for row in names]
        few = ["--epochs", str(QUICK_EPOCHS)] if args.quick else []
        return [run if run.row == RIDGE else run._replace(flags=run.flags + few) for run in found]

    runs = baselines(1, [RIDGE])  # chance enters it by the validation part alone
    for seed in seeds:
        for protocol in ["valid"] + ["on-test"] * args.best_on_test:
            runs += [run_of(table, settings, fold, row, seed, protocol, fraction) for fold in folds for row in NETWORKS if row in rows]
        runs += baselines(seed, [row for row in BASELINES if row in rows])
    return runs
