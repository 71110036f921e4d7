#!/usr/bin/env bash
# From the Free Spoken Digit Dataset to an accuracy: lists, ear, training, evaluation.
#   datasets/fsdd/run.sh DIR [-o OUT] [--leave-out SPEAKER] [-- OPTION OF ossicle-train ...]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../scripts/lib.sh"

usage="usage: run.sh DIR [-o OUT] [--leave-out SPEAKER] [-- OPTION OF ossicle-train ...]"
data='' out=$root/build/fsdd leave_out=()
while (($#)); do
  case $1 in
    -o | --out) out=${2:?$usage} && shift 2 ;;
    --leave-out) leave_out+=(--leave-out "${2:?$usage}") && shift 2 ;;
    --) shift && break ;;
    -*) die "$usage" ;;
    *) data=$1 && shift ;;
  esac
done
[[ -n $data ]] || die "$usage"
find_tools

mkdir -p "$out"
"$here/prepare" "$data" -o "$out" "${leave_out[@]}"
parts=(train test)
((${#leave_out[@]} == 0)) || parts+=(unseen)
for part in "${parts[@]}"; do
  all_but_skipped ossicle-lyon "${level[@]}" --list "$out/$part.tsv" --root "$data" -o "$out/$part.tar"
done
ossicle-train "$out/train.tar" -o "$out/model.safetensors" --log "$out/training.jsonl" "$@"
for part in "${parts[@]:1}"; do
  heading "$part"
  ossicle-eval "$out/model.safetensors" "$out/$part.tar"
done
