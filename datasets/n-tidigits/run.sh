#!/usr/bin/env bash
# From N-TIDIGITS18 to an accuracy on single digits: steps of 3 ms, at most 300, training, evaluation.
#   datasets/n-tidigits/run.sh FILE [-o OUT] [--split ab|official] [--preset paper|plain|best|best-large] [-- OPTION OF ossicle-train ...]
# --preset paper (default) is ossicle-train's paper-n-tidigits. --split ab (default), the paper's, trains on sample a of every adult.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"

out=$root/build/n-tidigits split=ab preset=paper
parse "out split preset" "$@"
((${#words[@]} == 1)) && [[ $split =~ ^(ab|official)$ && $preset =~ ^(paper|plain|best|best-large)$ ]] || usage
[[ $preset != paper ]] || preset=paper-n-tidigits
find_tools

mkdir -p "$out"
for part in train test; do
  all_but_skipped ossicle-rebin "${words[0]}" --part "$part" --split "$split" --bin-ms 3 --max-steps 300 -o "$out/$part.tar"
done
rest=(--preset "$preset" "${rest[@]}")
train_and_score test
