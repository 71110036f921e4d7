#!/usr/bin/env python3
"""Prints the card of a model that datasets/fsdd/model trained, in Markdown, from what it left in PARTS."""

import argparse
import json
import pathlib

TEXT = """\
# Spoken digits: a spiking network trained on the Free Spoken Digit Dataset

Names one isolated English digit a recording: `ossicle-predict fsdd.model a.wav`. A skip-connected self-recurrent spiking network with
intrinsic plasticity (SrSc-BIP), {sizes} neurons, on cochleagrams of Lyon's passive ear; sound may have any sample rate, the model carries
the settings of its ear.

| | |
|---|---|
| data | Free Spoken Digit Dataset, Z. Jackson, C. Souza, J. Flaks, Y. Pan, H. Nicolas, A. Thite, DOI 10.5281/zenodo.1342401 |
| licence of the data | CC BY-SA 4.0. Whoever passes on this model names the source and, to be on the safe side, keeps that licence |
| made by | Ossicle: `{version}`, commit {commit} |
| command | `{command}` |
| ear | `ossicle-lyon {ear}` |
| training | `ossicle-train {training}` |
| seed | {seed}; of the validation part 1 |
| epochs | {n_done} of {n_epochs}: the best one on the validation part |
| size | {n_parameters} parameters, {size} bytes |

## Scores

The epoch was chosen on the validation part, a tenth of the training recordings of each digit and speaker; the test, recordings 0-4 of each
(the official split), was scored once, after that. How the preset's settings were chosen stands in Ossicle's snn/LEARNING.md:
on other recordings of these speakers.

| part | accuracy |
|---|---|
| validation, in the epoch that it chose | {valid:.2f} % |
| test | {accuracy:.2f} % ({n_correct} of {n_total}; 95 % interval {low:.2f} to {high:.2f} %, Wilson) |

The speakers of the test are those of the training. By speaker:

| speaker | {speakers} |
|---|{rule}
| test, % | {per_speaker} |

Accuracy against the part of the recording that was heard (its first steps):

| heard | {shares} |
|---|{latency_rule}
| test, % | {latency} |

The decision no longer changes from {settled:.0f} % of the recording on (mean).

Synaptic operations of one recording: {from_spikes:.0f} additions of a weight by spikes, {from_input:.0f} products with the input.
Neurons fire in {rates} % of the steps (layer by layer, the output last if it fires).

## Limits

- One isolated digit, 0 to 9, in English; anything else is named as a digit too. There is no class for silence or other words.
- Six speakers, 8 kHz, close microphones, trimmed recordings. Of a voice that it has not heard it names far fewer right: datasets/fsdd of
  Ossicle measures that. Noise, rooms and telephones were not tried.
- Not for security, identification, or anything where a wrong digit does harm.
"""

SHARES = (0.25, 0.5, 0.75, 1.0)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", metavar="PARTS", type=pathlib.Path)
    parser.add_argument("--size", type=int, required=True, help="of the model, bytes")
    for name in ("--version", "--commit", "--command", "--ear", "--training"):
        parser.add_argument(name, required=True)
    return parser.parse_args()


def percent(values):
    return " | ".join(f"{100 * value:.1f}" for value in values)


def main():
    args = arguments()
    test = json.loads((args.parts / "test.json").read_text(encoding="utf-8"))
    model = json.loads((args.parts / "model.json").read_text(encoding="utf-8"))
    points = [point for point in test["latency"]["points"] if any(abs(point["share"] - share) < 1e-9 for share in SHARES)]
    speakers = test["per_speaker"]
    run = model["training"]["run"]
    print(TEXT.format(
        sizes="-".join(map(str, model["training"]["network"]["sizes"])), version=args.version, commit=args.commit, command=args.command,
        training=args.training, ear=args.ear, seed=run["seed"], n_done=model["epoch"]["n_done"], n_epochs=run["n_epochs"],
        n_parameters=model["n_parameters"], size=args.size, valid=100 * model["valid_accuracy"], accuracy=100 * test["accuracy"],
        n_correct=test["n_correct"], n_total=test["n_total"], low=100 * test["wilson_95"][0], high=100 * test["wilson_95"][1],
        speakers=" | ".join(speakers), rule="---|" * len(speakers), per_speaker=percent(each["accuracy"] for each in speakers.values()),
        shares=" | ".join(f"{100 * point['share']:.0f} %" for point in points), latency_rule="---|" * len(points),
        latency=percent(point["accuracy"] for point in points), settled=100 * test["latency"]["settled_share"],
        from_spikes=test["synaptic_operations"]["from_spikes"], from_input=test["synaptic_operations"]["from_input"],
        rates=", ".join(f"{100 * rate:.1f}" for rate in test["firing_rates"] if rate is not None)), end="")


if __name__ == "__main__":
    main()
