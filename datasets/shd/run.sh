#!/usr/bin/env bash
# From SHD or SSC to an accuracy: steps of 10 ms, 700 channels merged to 100, training, evaluation.
#   datasets/shd/run.sh TRAIN.h5 TEST.h5 [-o OUT] [--valid VALID.h5] [--steps T | --bin-ms MS] [--channels N]
#                       [-- OPTION OF ossicle-train ...]
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"

out=$root/build/shd valid='' steps=() bin_ms=() channels=100
parse "out valid steps bin-ms channels" "$@"
((${#words[@]} == 2)) || usage
((${#steps[@]} + ${#bin_ms[@]})) || bin_ms=(--bin-ms 10)
find_tools

mkdir -p "$out"
# rebin FILE PART
rebin() { all_but_skipped ossicle-rebin "$1" "${steps[@]}" "${bin_ms[@]}" --channels "$channels" -o "$out/$2.tar"; }
rebin "${words[0]}" train
rebin "${words[1]}" test
if [[ -n $valid ]]; then
  rebin "$valid" valid
  rest=(--valid "$out/valid.tar" "${rest[@]}")
fi
train_and_score test
