#!/usr/bin/env bash
# From N-TIDIGITS18 to an accuracy on single digits: steps of 3 ms, at most 300, training, evaluation.
#   datasets/n-tidigits/run.sh FILE [-o OUT] [--split official|ab] [--preset paper|best] [-- OPTION OF ossicle-train ...]
# --preset paper (default) is ossicle-train's paper-n-tidigits. --split ab trains on sample a of every adult, as the paper seems to.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../scripts/lib.sh"

usage="usage: run.sh FILE [-o OUT] [--split official|ab] [--preset paper|best] [-- OPTION OF ossicle-train ...]"
data='' out=$root/build/n-tidigits split=official preset=paper
while (($#)); do
  case $1 in
    -o | --out) out=${2:?$usage} && shift 2 ;;
    --split) split=${2:?$usage} && shift 2 ;;
    --preset) preset=${2:?$usage} && shift 2 ;;
    --) shift && break ;;
    -*) die "$usage" ;;
    *) data=$1 && shift ;;
  esac
done
[[ -n $data && $split =~ ^(official|ab)$ && $preset =~ ^(paper|best)$ ]] || die "$usage"
[[ $preset == best ]] || preset=paper-n-tidigits
find_tools

mkdir -p "$out"
for part in train test; do
  all_but_skipped ossicle-rebin "$data" --part "$part" --split "$split" --bin-ms 3 --max-steps 300 -o "$out/$part.tar"
done
ossicle-train "$out/train.tar" -o "$out/model.safetensors" --preset "$preset" --log "$out/training.jsonl" "$@"
heading "test, split $split"
ossicle-eval "$out/model.safetensors" "$out/test.tar"
