#!/usr/bin/env bash
# From no recording at all to an accuracy: synthetic speech, lists, ear, training, evaluation on unseen tokens and unseen voices.
#   datasets/synthetic/run.sh [DIR] [-o OUT] [--task digits|letters] [--leave-out VOICE]
#     [--voices N] [--train-tokens N] [-- OPTION OF ossicle-train ...]
# Recordings go to DIR (default build/synthetic).
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"
here=$root/datasets/synthetic

out='' task=digits leave_out=() voices=() train_tokens=()
parse "out task leave-out voices train-tokens" "$@"
((${#words[@]} <= 1)) || usage
((${#leave_out[@]})) || leave_out=(--leave-out f4 --leave-out f7 --leave-out m3 --leave-out m6)
data=${words[0]:-$root/build/synthetic} out=${out:-$root/build/synthetic-$task}
install_missing "${packages_speech[@]}"
find_tools

"$here/make" "$data" --task "$task" "${voices[@]}" "${train_tokens[@]}"
"$here/prepare" "$data" -o "$out" --task "$task" "${leave_out[@]}"
hear "$data" train test unseen
train_and_score test unseen
