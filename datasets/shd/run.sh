#!/usr/bin/env bash
# From SHD or SSC to an accuracy: steps of 10 ms, 700 channels merged to 100, training, evaluation.
#   datasets/shd/run.sh TRAIN.h5 TEST.h5 [-o OUT] [--valid VALID.h5] [--steps T | --bin-ms MS] [--channels N]
#                       [-- OPTION OF ossicle-train ...]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../scripts/lib.sh"

usage="usage: run.sh TRAIN.h5 TEST.h5 [-o OUT] [--valid VALID.h5] [--steps T | --bin-ms MS] [--channels N] [-- OPTION OF ossicle-train ...]"
data=() out=$root/build/shd valid='' channels=100 width=(--bin-ms 10)
while (($#)); do
  case $1 in
    -o | --out) out=${2:?$usage} && shift 2 ;;
    --valid) valid=${2:?$usage} && shift 2 ;;
    --steps | --bin-ms) width=("$1" "${2:?$usage}") && shift 2 ;;
    --channels) channels=${2:?$usage} && shift 2 ;;
    --) shift && break ;;
    -*) die "$usage" ;;
    *) data+=("$1") && shift ;;
  esac
done
((${#data[@]} == 2)) || die "$usage"
find_tools

mkdir -p "$out"
# rebin FILE PART
rebin() { all_but_skipped ossicle-rebin "$1" "${width[@]}" --channels "$channels" -o "$out/$2.tar"; }
rebin "${data[0]}" train
rebin "${data[1]}" test
scored=()
if [[ -n $valid ]]; then
  rebin "$valid" valid
  scored=(--valid "$out/valid.tar")
fi
ossicle-train "$out/train.tar" "${scored[@]}" -o "$out/model.safetensors" --log "$out/training.jsonl" "$@"
heading test
ossicle-eval "$out/model.safetensors" "$out/test.tar"
