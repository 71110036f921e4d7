#!/usr/bin/env bash
# From the Arabic Speech Commands Dataset to an accuracy: lists, ear, training, evaluation on speakers not heard in training.
#   datasets/arabic-commands/run.sh DIR [-o OUT] [-- OPTION OF ossicle-train ...]
# The validation speakers are scored after every epoch, and in the end; the test speakers in the end, where the corpus has them.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"

out=$root/build/arabic-commands
parse "out" "$@"
((${#words[@]} == 1)) || usage
find_tools

"$root/datasets/arabic-commands/prepare" "${words[0]}" -o "$out"
parts=(valid)
[[ ! -f $out/test.tsv ]] || parts+=(test)
hear "${words[0]}" train "${parts[@]}"
rest=(--valid "$out/valid.tar" "${rest[@]}")
train_and_score "${parts[@]}"
