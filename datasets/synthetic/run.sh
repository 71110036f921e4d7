#!/usr/bin/env bash
# From no recording at all to an accuracy: synthetic speech, lists, ear, training, evaluation on unseen tokens and unseen voices.
#   datasets/synthetic/run.sh [DIR] [-o OUT] [--task digits|letters] [--leave-out VOICE]
#     [--voices N] [--train-tokens N] [-- OPTION OF ossicle-train ...]
# Recordings go to DIR (default build/synthetic).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../scripts/lib.sh"

usage="usage: run.sh [DIR] [-o OUT] [--task digits|letters] [--leave-out VOICE] [--voices N] [--train-tokens N] [-- OPTION OF ossicle-train ...]"
data=$root/build/synthetic out='' task=digits leave_out=() size=()
while (($#)); do
  case $1 in
    -o | --out) out=${2:?$usage} && shift 2 ;;
    --task) task=${2:?$usage} && shift 2 ;;
    --leave-out) leave_out+=(--leave-out "${2:?$usage}") && shift 2 ;;
    --voices | --train-tokens) size+=("$1" "${2:?$usage}") && shift 2 ;;
    --) shift && break ;;
    -*) die "$usage" ;;
    *) data=$1 && shift ;;
  esac
done
((${#leave_out[@]})) || leave_out=(--leave-out f4 --leave-out f7 --leave-out m3 --leave-out m6)
out=${out:-$root/build/synthetic-$task}
install_missing "${packages_speech[@]}"
find_tools

"$here/make" "$data" --task "$task" "${size[@]}"
mkdir -p "$out"
"$here/prepare" "$data" -o "$out" --task "$task" "${leave_out[@]}"
for part in train test unseen; do
  all_but_skipped ossicle-lyon "${level[@]}" --list "$out/$part.tsv" --root "$data" -o "$out/$part.tar"
done
ossicle-train "$out/train.tar" -o "$out/model.safetensors" --log "$out/training.jsonl" "$@"
for part in test unseen; do
  heading "$part"
  ossicle-eval "$out/model.safetensors" "$out/$part.tar"
done
