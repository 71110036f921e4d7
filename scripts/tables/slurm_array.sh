#!/usr/bin/env bash
#SBATCH --job-name=ossicle-tables
#SBATCH --output=%x-%A_%a.log
#SBATCH --cpus-per-task=1
#SBATCH --mem=2G
#SBATCH --time=24:00:00
# The runs of tables as a SLURM array, a run a task; scripts/reproduce ... --slurm prints the lines to submit.
#   sbatch --array=1-N slurm_array.sh REPRODUCE TABLE... [OPTION OF reproduce ...]
# A task that is stopped goes on where it was when it is submitted again; one whose result is there ends at once.
# SLURM runs a copy of this script: REPRODUCE is the whole path of scripts/reproduce.
set -euo pipefail

(($# >= 2)) && [[ ${SLURM_ARRAY_TASK_ID:-} =~ ^[1-9][0-9]{0,5}$ ]] || {
  echo "slurm_array.sh: usage: sbatch --array=1-N slurm_array.sh REPRODUCE TABLE... [OPTION OF reproduce ...]" >&2
  exit 2
}
reproduce=$1
shift
exec "$reproduce" --run "$SLURM_ARRAY_TASK_ID" "$@"
