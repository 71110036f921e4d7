"""The parts of the bench. Each takes the bench (bench.py) and fills its record."""

import pathlib
import subprocess

import make_data
from cases import CASES, contest, flags
from contenders import Contender, Failure, Tool

HERE = pathlib.Path(__file__).resolve().parent
RATES = (0.05, 0.10)
NETWORK_PEERS = ("lstm", "spikingjelly", "snntorch", "tsslbp")
STEP_RULE = "step rule"  # the published program's: where Ossicle and the rewrite in torch run it, their names end so
# glibc's malloc gives large arrays back to the system at once and takes them anew at each step, unless it is told to keep them.
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(2**30), "MALLOC_TRIM_THRESHOLD_": str(2**33)}
BOTH_CLOCKS = ("cpu_s", "wall_s")
N_SOUNDS, SOUND_SAMPLES, EAR_RATE_HZ = 120, 6250, 12500
N_FSDD_SYNTHETIC = 600
FEW_SOUNDS = 400
MEMORY_CASE = {"n_utterances": 4142, "n_steps": 100, "n_channels": 78, "n_classes": 26}


def products(bench, settings):
    return Contender("products", [bench.program, "products", *flags(settings)], bench.one_cpu)


def network(bench, name, settings, **more):
    return Contender(name, [bench.program, "network", *flags({**settings, **more})], bench.one_cpu)


def peer(bench, what, name=None, settings=(), env=None, **more):
    command = [bench.python, HERE / "peers" / "peer.py", what, *flags({**dict(settings), **more})]
    return Contender(name or what, command, bench.one_cpu, env)


def step_and_infer(bench, operations):
    """Training steps and inference beside bare products and the peers."""
    subprocess.run([bench.python, HERE / "peers" / "check_tsslbp.py"], check=True)
    for name, settings in CASES.items():
        bench.say(f"{' and '.join(operations)}: {name}")
        ours = [network(bench, f"ossicle {rate:.0%}", settings, rates=rate) for rate in RATES]
        peers = [peer(bench, what, settings=settings) for what in NETWORK_PEERS]
        ours.append(network(bench, f"ossicle 5%, {STEP_RULE}", settings, rates=RATES[0], rule="step"))
        peers.append(peer(bench, "tsslbp", f"tsslbp, {STEP_RULE}", settings, rule="step"))
        peers.append(peer(bench, "tsslbp", "tsslbp, memory kept", settings, KEEP_MEMORY))
        with contest(products(bench, settings), *ours, *peers) as all_of_them:
            bench.interleave("network", name, all_of_them, operations)
        variant = {**settings, "variant": "srsc-bip"}
        ours = [network(bench, f"ossicle {rate:.0%}", variant, rates=rate) for rate in RATES]
        with contest(products(bench, variant), *ours) as all_of_them:
            bench.interleave("network", f"{name} SrSc-BIP", all_of_them, operations)


def trained(bench):
    """A step and inference of models that were really trained on FSDD, on its speech."""
    if bench.fsdd is None:
        bench.say("trained: left out; it needs --fsdd DIR")
        return
    lists, stream = bench.work / "fsdd", bench.work / "fsdd.tar"
    subprocess.run([bench.python, bench.root / "datasets" / "fsdd" / "prepare", bench.fsdd, "-o", lists], check=True)
    bench.tool("ossicle-lyon", "-q", "--list", lists / "train.tsv", "--root", bench.fsdd, "-o", stream)
    plain = ("--no-self-recurrent", "--no-bip", "--no-skip")
    for variant, options in (("feed-forward", plain), ("srsc-bip", ())):
        bench.say(f"trained: {variant}, {bench.n_epochs} epochs")
        model = bench.work / f"{variant}.model"
        size = ("--hidden", "400,400,400", "--epochs", bench.n_epochs)
        bench.tool("ossicle-train", "-q", "--overwrite", stream, "-o", model, *size, *options)
        settings = {"sizes": "78,400,400,400,10", "steps": 100, "batch": 50, "variant": variant}
        ours = network(bench, "ossicle", {"model": model, "data": stream})
        with contest(products(bench, settings), ours) as both:
            bench.interleave("trained", f"FSDD {variant}", both, ("step", "infer"))


def ear(bench):
    """The ear alone beside PyPI's lyon."""
    sounds = bench.work / "sounds.f64"
    make_data.write_sounds(sounds, N_SOUNDS, SOUND_SAMPLES, EAR_RATE_HZ)
    seconds = N_SOUNDS * SOUND_SAMPLES / EAR_RATE_HZ
    for decimation in (100, 200):
        bench.say(f"ear: decimation {decimation}")
        case = f"decimation {decimation}"
        settings = {"sounds": sounds, "utterances": N_SOUNDS, "samples": SOUND_SAMPLES, "decimation": decimation}
        ours = Contender("ossicle", [bench.program, "ear", *flags(settings)], bench.one_cpu)
        bench.record.add("ear", case, "", "", "", "sound_s", seconds)
        with contest(ours, peer(bench, "lyon", settings=settings)) as both:
            bench.interleave("ear", case, both, ("hear",))


def lyon_tool(bench):
    """Recordings to a stream: ossicle-lyon, started anew each time, beside Python that has its modules loaded already."""
    if bench.fsdd is not None:
        case, root, lists = "FSDD", bench.fsdd, bench.work / "fsdd-lists"
        subprocess.run([bench.python, bench.root / "datasets" / "fsdd" / "prepare", root, "-o", lists], check=True)
        listed = lists / ("test.tsv" if bench.quick else "train.tsv")
        seconds = seconds_of(listed, root)
    else:
        case, root = "made recordings", bench.work / "recordings"
        seconds, listed = make_data.write_recordings(root, N_FSDD_SYNTHETIC), root / "list.tsv"
    bench.say(f"lyon-tool: {case}, {seconds:.0f} s of sound")
    bench.record.add("lyon-tool", case, "", "", "", "sound_s", seconds)
    common = {"list": listed, "root": root}
    ours = Tool(
        "ossicle", [bench.tools / "ossicle-lyon", "-q", "--jobs", 1, *flags(common), "--output", bench.work / "ours.tar"], bench.one_cpu
    )
    theirs = peer(bench, "wav-to-stream", "python", common, output=bench.work / "theirs.tar")
    with contest(ours, theirs) as both:
        n_rounds = max(3, bench.n_rounds // 4)
        bench.interleave("lyon-tool", case, both, ("convert",), n_rounds=n_rounds, n_most=1, warm_up=1)


def seconds_of(listed, root):
    import soundfile

    rows = listed.read_text(encoding="utf-8").splitlines()[1:]
    infos = [soundfile.info(root / row.split("\t")[0]) for row in rows]
    return sum(info.frames / info.samplerate for info in infos)


def threads(bench):
    """Two threads against one, if the machine has two cores for us."""
    if len(bench.two_cpus) < 2:
        bench.say("threads: left out; this process may use one processor only")
        return
    with contest(Contender("probe", [bench.program, "probe"], bench.two_cpus)) as probe:
        bench.interleave("threads", "probe", probe, ("one", "two"), n_most=1, clocks=BOTH_CLOCKS)
    for name in ("A", "C"):
        bench.say(f"threads: {name}")
        contenders = []
        for n in (1, 2):
            command = [bench.program, "network", *flags({**CASES[name], "rates": RATES[0], "threads": n})]
            contenders.append(Contender(f"{n} threads", command, bench.two_cpus, {"OMP_NUM_THREADS": str(n)}))
        with contest(*contenders) as both:
            bench.interleave("threads", name, both, ("step", "infer"), clocks=BOTH_CLOCKS)


def memory(bench):
    """Peak memory of training A on 4,142 utterances, beyond the data; that of ossicle-lyon on a few and on four times as many sounds."""
    bench.say("memory: training A")
    stream = bench.work / "memory.tar"
    data_bytes = make_data.write_stream(stream, **MEMORY_CASE)
    bench.record.add("memory", "A", "", "", "", "data_bytes", data_bytes)
    plain = ("--no-self-recurrent", "--no-bip", "--no-skip")
    for variant, options in (("feed-forward", plain), ("SrSc-BIP", ())):
        command = [bench.tools / "ossicle-train", "-q", "--overwrite", stream, "-o", bench.work / "memory.model", "--threads", 1]
        tool = Tool("ossicle-train", [*command, "--hidden", "400,400,400", "--epochs", 1, *options], bench.one_cpu)
        bench.record.add("memory", "A", f"ossicle-train {variant}", "train", 0, "peak_bytes", tool.ask()["peak_bytes"])
    for n in FEW_SOUNDS, 4 * FEW_SOUNDS:
        root = bench.work / f"sounds-{n}"
        make_data.write_recordings(root, n)
        places = {"list": root / "list.tsv", "root": root, "output": bench.work / "sounds.tar"}
        tool = Tool("ossicle-lyon", [bench.tools / "ossicle-lyon", "-q", "--jobs", 1, *flags(places)], bench.one_cpu)
        bench.record.add("memory", f"{n} recordings", "ossicle-lyon", "convert", 0, "peak_bytes", tool.ask()["peak_bytes"])


def predict(bench):
    """Cold start: one WAV from nothing to words."""
    root = bench.work / "words"
    make_data.write_recordings(root, 40)
    stream, model = bench.work / "words.tar", bench.work / "words.model"
    bench.tool("ossicle-lyon", "-q", "--list", root / "list.tsv", "--root", root, "-o", stream)
    bench.tool("ossicle-train", "-q", "--overwrite", stream, "-o", model, "--epochs", 1)
    command = [bench.tools / "ossicle-predict", "-q", model, root / "00000.wav"]
    with contest(Tool("ossicle-predict", command, bench.one_cpu)) as one:
        bench.interleave("predict", "one WAV", one, ("predict",), n_most=1, clocks=BOTH_CLOCKS)


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
            settings, rate = dict(CASES["A"]), RATES[0]
            if what == "rate":
                rate = value
            elif what == "width":
                settings["sizes"] = f"78,{value},{value},{value},26"
            else:
                settings[what] = value
            ours = network(bench, "ossicle", settings, rates=rate)
            with contest(products(bench, settings), ours) as both:
                n_rounds = max(3, bench.n_rounds // 3)
                bench.interleave(f"sweep {what}", str(value), both, ("step", "infer"), n_rounds=n_rounds)


PARTS = {
    "step": None,  # step and infer share their processes, see run_parts
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
    wanted = []
    operations = tuple(name for name in ("step", "infer") if name in names)
    if operations:
        wanted.append((" and ".join(operations), lambda bench: step_and_infer(bench, operations)))
    wanted += [(name, part) for name, part in PARTS.items() if part is not None and name in names]
    all_ran = True
    for name, part in wanted:
        try:
            part(bench)
        except (Failure, OSError, subprocess.CalledProcessError) as error:
            bench.say(f"scripts/bench/run: {name}: {error}; going on with the next part")
            all_ran = False
    return all_ran
