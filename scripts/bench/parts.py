"""The parts of the bench. Each takes the bench (bench.py) and fills its record."""

import itertools
import pathlib
import subprocess
import sys
import wave

import make_data
from contenders import CASES, Contender, Failure, Tool, flags

HERE = pathlib.Path(__file__).resolve().parent
RATES = (0.05, 0.10)
NETWORK_PEERS = ("lstm", "spikingjelly", "snntorch", "tsslbp")
BEYOND, BEYOND_CASE = ("delayed", "adaptive"), "C"  # networks with parts that the paper's do not have (ossicle_bench.cpp), and their size
RECURRENT_CASE = "A"
STEP_RULE = "step rule"  # the published program's: where Ossicle and the rewrite in torch run it, their names end so
# glibc's malloc gives large arrays back to the system at once and takes them anew at each step, unless it is told to keep them.
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(2**30), "MALLOC_TRIM_THRESHOLD_": str(2**33)}
BOTH_CLOCKS = ("cpu_s", "wall_s")
N_SOUNDS, SOUND_SAMPLES, EAR_RATE_HZ = 120, 6250, 12500
N_FSDD_SYNTHETIC = 600
FEW_SOUNDS = 400
VARIANTS = {"feed-forward": ("--no-self-recurrent", "--no-bip", "--no-skip"), "srsc-bip": ()}
MEMORY_CASE = {"n_utterances": 4142, "n_steps": 100, "n_channels": 78, "n_classes": 26}


def ours(bench, what, settings, name="ossicle", cpus=None, env=None, **more):
    return Contender(name, [bench.program, what, *flags({**settings, **more})], cpus or bench.one_cpu, env)


def products(bench, settings):
    return ours(bench, "products", settings, "products")


def peer(bench, what, settings, name=None, env=None, **more):
    """As a list, empty under --no-peers."""
    command = [sys.executable, HERE / "peers" / "peer.py", what, *flags({**settings, **more})]
    return [Contender(name or what, command, bench.one_cpu, env)] if bench.peers else []


def step_and_infer(bench, operations):
    """Training steps and inference beside bare products and the peers."""
    if bench.peers:
        subprocess.run([sys.executable, HERE / "peers" / "check_tsslbp.py"], check=True)
    for name, settings in CASES.items():
        bench.say(f"{' and '.join(operations)}: {name}")
        networks = [ours(bench, "network", settings, f"ossicle {rate:.0%}", rate=rate) for rate in RATES]
        networks.append(ours(bench, "network", settings, f"ossicle 5%, {STEP_RULE}", rate=RATES[0], rule="step"))
        peers = [each for what in NETWORK_PEERS for each in peer(bench, what, settings)]
        peers += peer(bench, "tsslbp", settings, f"tsslbp, {STEP_RULE}", rule="step")
        peers += peer(bench, "tsslbp", settings, "tsslbp, memory kept", KEEP_MEMORY)
        if name == RECURRENT_CASE:
            lateral = {**settings, "variant": "recurrent"}
            networks += [ours(bench, "network", lateral, f"ossicle {rate:.0%}, recurrent", rate=rate) for rate in RATES]
            peers += [ours(bench, "products", lateral, "products, recurrent"), *peer(bench, "snntorch-recurrent", settings, "snntorch, recurrent")]
        bench.interleave("network", name, [products(bench, settings), *networks, *peers], operations)
        variant = {**settings, "variant": "srsc-bip"}
        networks = [ours(bench, "network", variant, f"ossicle {rate:.0%}", rate=rate) for rate in RATES]
        for what, rate in itertools.product(BEYOND if name == BEYOND_CASE else (), RATES):
            networks.append(ours(bench, "network", settings, f"ossicle {rate:.0%}, {what}", variant=what, rate=rate))
        bench.interleave("network", f"{name} SrSc-BIP", [products(bench, variant), *networks], operations)


def fsdd_lists(bench):
    lists = bench.work / "fsdd"
    subprocess.run([sys.executable, bench.root / "datasets" / "fsdd" / "prepare", bench.fsdd, "-o", lists], check=True)
    return lists


def trained(bench):
    """A step and inference of models that were really trained on FSDD, on its speech."""
    if bench.fsdd is None:
        bench.say("trained: left out; it needs --fsdd DIR")
        return
    stream = bench.work / "fsdd.tar"
    bench.tool("ossicle-lyon", "-q", "--list", fsdd_lists(bench) / "train.tsv", "--root", bench.fsdd, "-o", stream)
    for variant, options in VARIANTS.items():
        bench.say(f"trained: {variant}, {bench.n_epochs} epochs")
        model = bench.work / f"{variant}.model"
        size = ("--hidden", "400,400,400", "--epochs", bench.n_epochs)
        bench.tool("ossicle-train", "-q", "--overwrite", stream, "-o", model, *size, *options)
        settings = {"sizes": "78,400,400,400,10", "steps": 100, "batch": 50, "variant": variant}
        both = [products(bench, settings), ours(bench, "network", {"model": model, "data": stream})]
        bench.interleave("trained", f"FSDD {variant}", both, ("step", "infer"))


def ear(bench):
    """The ear alone beside PyPI's lyon."""
    sounds = bench.work / "sounds.f32"
    make_data.write_sounds(sounds, N_SOUNDS, SOUND_SAMPLES, EAR_RATE_HZ)
    for decimation in (100, 200):
        case = f"decimation {decimation}"
        bench.say(f"ear: {case}")
        settings = {"sounds": sounds, "utterances": N_SOUNDS, "samples": SOUND_SAMPLES, "decimation": decimation}
        bench.record.add("ear", case, "", "", "", "sound_s", N_SOUNDS * SOUND_SAMPLES / EAR_RATE_HZ)
        bench.interleave("ear", case, [ours(bench, "ear", settings), *peer(bench, "lyon", settings)], ("hear",))


def lyon(bench, name, settings):
    return Tool(name, [bench.tools / "ossicle-lyon", "-q", "--jobs", 1, *flags(settings)], bench.one_cpu)


def lyon_tool(bench):
    """Recordings to a stream: ossicle-lyon, started anew each time, beside Python that has its modules loaded already."""
    if bench.fsdd is not None:
        case, root = "FSDD", bench.fsdd
        listed = fsdd_lists(bench) / ("test.tsv" if bench.quick else "train.tsv")
        seconds = seconds_of(listed, root)
    else:
        case, root = "made recordings", bench.work / "recordings"
        seconds, listed = make_data.write_recordings(root, N_FSDD_SYNTHETIC), root / "list.tsv"
    bench.say(f"lyon-tool: {case}, {seconds:.0f} s of sound")
    bench.record.add("lyon-tool", case, "", "", "", "sound_s", seconds)
    common = {"list": listed, "root": root}
    both = [lyon(bench, "ossicle", {**common, "output": bench.work / "ours.tar"})]
    both += peer(bench, "wav-to-stream", common, "python", output=bench.work / "theirs.tar")
    bench.interleave("lyon-tool", case, both, ("convert",), n_rounds=max(3, bench.n_rounds // 4), n_most=1, warm_up=1)


def seconds_of(listed, root):
    """Of WAV files with a plain header, as FSDD's are."""
    seconds = 0.0
    for row in listed.read_text(encoding="utf-8").splitlines()[1:]:
        with wave.open(str(root / row.split("\t")[0])) as file:
            seconds += file.getnframes() / file.getframerate()
    return seconds


def threads(bench):
    """Two threads against one, if the machine has two cores for us."""
    if len(bench.two_cpus) < 2:
        bench.say("threads: left out; this process may use one processor only")
        return
    bench.interleave("threads", "probe", [ours(bench, "probe", {}, "probe", bench.two_cpus)], ("one", "two"), n_most=1, clocks=BOTH_CLOCKS)
    for name in ("A", "C"):
        bench.say(f"threads: {name}")
        settings = {**CASES[name], "rate": RATES[0]}
        both = [ours(bench, "network", settings, f"{n} threads", bench.two_cpus, {"OMP_NUM_THREADS": str(n)}, threads=n) for n in (1, 2)]
        bench.interleave("threads", name, both, ("step", "infer"), clocks=BOTH_CLOCKS)


def memory(bench):
    """Peak memory of training A on 4,142 utterances, beyond the data; that of ossicle-lyon on a few and on four times as many sounds."""
    bench.say("memory: training A")
    utterances, stream = bench.work / "memory.npz", bench.work / "memory.tar"
    bench.record.add("memory", "A", "", "", "", "data_bytes", make_data.write_utterances(utterances, **MEMORY_CASE))
    bench.tool("ossicle-convert", "-q", utterances, "--dt-ms", 10, "-o", stream)
    command = [bench.tools / "ossicle-train", "-q", "--overwrite", stream, "-o", bench.work / "memory.model", "--threads", 1]
    for variant, options in VARIANTS.items():
        tool = Tool("ossicle-train", [*command, "--hidden", "400,400,400", "--epochs", 1, *options], bench.one_cpu)
        bench.record.add("memory", "A", f"ossicle-train {variant}", "train", 0, "peak_bytes", tool.ask()["peak_bytes"])
    for n in FEW_SOUNDS, 4 * FEW_SOUNDS:
        root = bench.work / f"sounds-{n}"
        make_data.write_recordings(root, n)
        tool = lyon(bench, "ossicle-lyon", {"list": root / "list.tsv", "root": root, "output": bench.work / "sounds.tar"})
        bench.record.add("memory", f"{n} recordings", "ossicle-lyon", "convert", 0, "peak_bytes", tool.ask()["peak_bytes"])


def predict(bench):
    """Cold start: one WAV from nothing to words."""
    root, stream, model = bench.work / "words", bench.work / "words.tar", bench.work / "words.model"
    make_data.write_recordings(root, 40)
    bench.tool("ossicle-lyon", "-q", "--list", root / "list.tsv", "--root", root, "-o", stream)
    bench.tool("ossicle-train", "-q", "--overwrite", stream, "-o", model, "--epochs", 1)
    command = [bench.tools / "ossicle-predict", "-q", model, root / "00000.wav"]
    bench.interleave("predict", "one WAV", [Tool("ossicle-predict", command, bench.one_cpu)], ("predict",), n_most=1, clocks=BOTH_CLOCKS)


SWEEPS = {
    "steps": ((25, 50, 100, 200, 400), (50, 100, 200)),
    "width": ((100, 200, 400, 800), (100, 400)),
    "batch": ((10, 20, 50, 100, 200), (10, 50)),
    "rate": ((0.01, 0.02, 0.05, 0.10, 0.20, 0.30, 0.40, 0.50, 0.60), (0.02, 0.10, 0.50)),
}


def sweep(bench):
    """Around A: cost over steps, width, batch and firing rate."""
    for what, (all_values, few_values) in SWEEPS.items():
        for value in few_values if bench.quick else all_values:
            bench.say(f"sweep: {what} {value}")
            changed = {"rate": {}, "width": {"sizes": f"78,{value},{value},{value},26"}}.get(what, {what: value})
            settings = {**CASES["A"], **changed}
            both = [products(bench, settings), ours(bench, "network", settings, rate=value if what == "rate" else RATES[0])]
            bench.interleave(f"sweep {what}", str(value), both, ("step", "infer"), n_rounds=max(3, bench.n_rounds // 3))


PARTS = {  # step and infer share their processes, see run_parts
    "step": None,
    "infer": None,
    "trained": trained,
    "ear": ear,
    "lyon-tool": lyon_tool,
    "threads": threads,
    "memory": memory,
    "predict": predict,
    "sweep": sweep,
}


def run_parts(bench, names):
    """Runs the parts named. One that fails says so and is left out; returns whether none failed."""
    unknown = set(names) - set(PARTS)
    if unknown:
        raise Failure(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    operations = tuple(name for name in ("step", "infer") if name in names)
    wanted = {" and ".join(operations): lambda bench: step_and_infer(bench, operations)} if operations else {}
    wanted |= {name: part for name, part in PARTS.items() if part and name in names}
    all_ran = True
    for name, part in wanted.items():
        try:
            part(bench)
        except (Failure, OSError, subprocess.CalledProcessError) as error:
            bench.say(f"scripts/bench/run: {name}: {error}; going on with the next part")
            all_ran = False
    return all_ran
