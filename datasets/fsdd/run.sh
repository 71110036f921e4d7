#!/usr/bin/env bash
# From the Free Spoken Digit Dataset to an accuracy: lists, ear, training, evaluation.
#   datasets/fsdd/run.sh DIR [-o OUT] [--leave-out SPEAKER] [-- OPTION OF ossicle-train ...]
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"

out=$root/build/fsdd leave_out=()
parse "out leave-out" "$@"
((${#words[@]} == 1)) || usage
find_tools

"$root/datasets/fsdd/prepare" "${words[0]}" -o "$out" "${leave_out[@]}"
parts=(test ${leave_out:+unseen})
hear "${words[0]}" train "${parts[@]}"
train_and_score "${parts[@]}"
