#!/usr/bin/env bash
# The paper's experiment on TI46, from SPHERE files to an accuracy: lists, ear (100 steps, 78 channels), training, evaluation.
#   datasets/ti46/run.sh DIR --task alpha|digits [-o OUT] [--preset paper|plain|best|best-large] [--shards N] [--valid-tokens N]
#                        [--leave-out SPEAKER] [-- OPTION OF ossicle-train ...]
# --preset paper (default) is ossicle-train's paper-alpha or paper-digits: 400 epochs. --shards N: the ear runs as N parts by GNU
# parallel. --valid-tokens, --leave-out: as of prepare.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"

task='' out='' preset=paper shards=1 valid_tokens=0 leave_out=()
parse "task out preset shards valid-tokens leave-out" "$@"
((${#words[@]} == 1)) && [[ $task =~ ^(alpha|digits)$ && $preset =~ ^(paper|plain|best|best-large)$ && $shards =~ ^[1-9][0-9]*$ ]] || usage
data=${words[0]} slurm_array=$root/datasets/slurm_array.sh
out=${out:-$root/build/ti46-$task}
[[ $preset != paper ]] || preset=paper-$task
find_tools
((shards == 1)) || command -v parallel >/dev/null || die "--shards needs GNU parallel: apt-get install parallel"

# ear PART: the list of a part to its stream. One step is floor(samples / 100) samples; 12.5 kHz gives 78 channels.
ear() {
  local command=(ossicle-lyon --list "$out/$1.tsv" --root "$data" --classes "$out/classes.txt" --sample-rate 12500 --steps 100)
  if ((shards == 1)); then
    all_but_skipped "${command[@]}" -o "$out/$1.tar"
  else
    seq "$shards" | parallel --quote --halt soon,fail=1 env SLURM_ARRAY_TASK_ID={} "$slurm_array" "$shards" "$out/$1.tar" \
      "${command[@]}" --jobs 1
    "$slurm_array" "$shards" "$out/$1.tar"
  fi
}

all_but_skipped "$root/datasets/ti46/prepare" "$data" -o "$out" --task "$task" --valid-tokens "$valid_tokens" "${leave_out[@]}"
parts=(test ${leave_out:+unseen})
rest=(--preset "$preset" "${rest[@]}")
if ((valid_tokens > 0)); then
  ear valid
  rest=(--valid "$out/valid.tar" "${rest[@]}")
fi
for part in train "${parts[@]}"; do
  ear "$part"
done
train_and_score "${parts[@]}"
((valid_tokens == 0)) || for part in "${parts[@]}"; do
  heading "$part, after the epoch best on the validation tokens"
  ossicle-eval "$out/model.safetensors.best" "$out/$part.tar"
done
