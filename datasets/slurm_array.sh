#!/usr/bin/env bash
#SBATCH --job-name=ossicle
#SBATCH --output=%x-%A_%a.log
#SBATCH --cpus-per-task=1
#SBATCH --mem=1G
#SBATCH --time=01:00:00
# One stream made by N tasks of a SLURM array, each with its share of the work, then joined:
#   id=$(sbatch --parsable --array=1-N slurm_array.sh N STREAM TOOL OPTION...)
#   sbatch --dependency=afterok:"$id" slurm_array.sh N STREAM
# TOOL is any that has --shard and -o. A task that failed is run again alone: sbatch --array=7 slurm_array.sh N STREAM TOOL OPTION...
# N is therefore given, not taken from the array. SLURM runs a copy of this script: it needs no file beside it.
set -euo pipefail

die() {
  printf 'slurm_array.sh: %s\n' "$*" >&2
  exit 2
}
(($# >= 2)) && [[ $1 =~ ^[1-9][0-9]{0,5}$ ]] || die "usage: slurm_array.sh N STREAM [TOOL OPTION...]"
n=$1 stream=$2
shift 2

if (($#)); then
  index=${SLURM_ARRAY_TASK_ID:-}
  [[ $index =~ ^[1-9][0-9]{0,5}$ ]] && ((index <= n)) || die "SLURM_ARRAY_TASK_ID is '$index', wanted 1 to $n: sbatch --array=1-$n"
  part=$stream.$index-of-$n
  rm -f "$part" # one of an earlier run must not be joined
  status=0
  "$@" --shard "$index/$n" -o "$part" || status=$?
  # 1: some records could not be used and have been named; the part is whole.
  ((status <= 1)) || die "part $index of $n failed (exit code $status); its own message stands above"
  exit 0
fi

parts=()
for ((index = 1; index <= n; ++index)); do
  parts+=("$stream.$index-of-$n")
  [[ -f ${parts[-1]} ]] || die "${parts[-1]}: no such part; run its task again"
done
cat "${parts[@]}" >"$stream.joining"
mv "$stream.joining" "$stream"
rm "${parts[@]}"
