#!/usr/bin/env bash
# The paper's experiment on TI46, from SPHERE files to an accuracy: lists, ear (100 steps, 78 channels), training, evaluation.
#   datasets/ti46/run.sh DIR --task alpha|digits [-o OUT] [--preset paper|best] [--shards N] [--valid-tokens N]
#                        [--leave-out SPEAKER] [-- OPTION OF ossicle-train ...]
# --preset paper (default) is ossicle-train's paper-alpha or paper-digits: 400 epochs. --shards N: the ear runs as N parts by GNU
# parallel. --valid-tokens, --leave-out: as of prepare.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../scripts/lib.sh"

usage=$(sed -n '3,4s/^# *//p' "${BASH_SOURCE[0]}")
data='' task='' out='' preset=paper shards=1 valid_tokens=0 leave_out=()
while (($#)); do
  case $1 in
    --task) task=${2:?$usage} && shift 2 ;;
    -o | --out) out=${2:?$usage} && shift 2 ;;
    --preset) preset=${2:?$usage} && shift 2 ;;
    --shards) shards=${2:?$usage} && shift 2 ;;
    --valid-tokens) valid_tokens=${2:?$usage} && shift 2 ;;
    --leave-out) leave_out+=(--leave-out "${2:?$usage}") && shift 2 ;;
    --) shift && break ;;
    -*) die "usage: $usage" ;;
    *) data=$1 && shift ;;
  esac
done
[[ -n $data && $task =~ ^(alpha|digits)$ && $preset =~ ^(paper|best)$ && $shards =~ ^[1-9][0-9]*$ ]] || die "usage: $usage"
out=${out:-$root/build/ti46-$task}
[[ $preset == best ]] || preset=paper-$task
find_tools
((shards == 1)) || command -v parallel >/dev/null || die "--shards needs GNU parallel: apt-get install parallel"

# ear PART: the list of a part to its stream. One step is floor(samples / 100) samples; 12.5 kHz gives 78 channels.
ear() {
  local command=(ossicle-lyon --list "$out/$1.tsv" --root "$data" --classes "$out/classes.txt" --sample-rate 12500 --steps 100)
  if ((shards == 1)); then
    all_but_skipped "${command[@]}" -o "$out/$1.tar"
  else
    seq "$shards" | parallel --quote --halt soon,fail=1 env SLURM_ARRAY_TASK_ID={} "$here/../slurm_array.sh" "$shards" "$out/$1.tar" \
      "${command[@]}" --jobs 1
    "$here/../slurm_array.sh" "$shards" "$out/$1.tar"
  fi
}

mkdir -p "$out"
all_but_skipped "$here/prepare" "$data" -o "$out" --task "$task" --valid-tokens "$valid_tokens" "${leave_out[@]}"
parts=(test) valid=()
((valid_tokens == 0)) || valid=(--valid "$out/valid.tar")
((${#leave_out[@]} == 0)) || parts+=(unseen)
for part in train "${parts[@]}" ${valid:+valid}; do
  ear "$part"
done
model=$out/model.safetensors
ossicle-train "$out/train.tar" "${valid[@]}" -o "$model" --preset "$preset" --log "$out/training.jsonl" "$@"
for part in "${parts[@]}"; do
  heading "$part, after the last epoch"
  ossicle-eval "$model" "$out/$part.tar"
  if ((valid_tokens > 0)); then
    heading "$part, after the epoch best on the validation tokens"
    ossicle-eval "$model.best" "$out/$part.tar"
  fi
done
