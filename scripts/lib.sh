# Shared by the shell scripts of this project; to be sourced. Sets `root`, the folder of the project.
# Messages go to stderr.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Of recordings made by various people on various machines: one level for all, before the ear (snn/LEARNING.md).
level=(--level-db -22)

# What the project needs on Debian 12, by purpose.
packages_build=(g++ cmake ninja-build pkg-config libsndfile1-dev libmpg123-dev libfftw3-dev libeigen3-dev libcli11-dev catch2
  libarchive-dev libhdf5-dev libutf8proc-dev nlohmann-json3-dev libfmt-dev zlib1g-dev python3 python3-numpy help2man)
packages_speech=(espeak-ng)
packages_plot=(gnuplot-nox chromium) # ossicle-plot; the browser is for its tests alone
packages_deb=(dpkg-dev file)
packages_bench=(libopenblas-dev python3-venv)
packages_ci=(clang-format parallel python3-h5py groff-base lintian)
packages_slurm=(slurm-wlm munge)
packages_tidy=(clang-tidy)

# Clones of the project share what ccache, where it is installed, has compiled.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=true

say() { printf '%s\n' "$*" >&2; }
die() {
  say "$(basename "$0"): $*"
  exit 2
}
heading() { printf '\n== %s\n' "$*" >&2; }

# The comment at the head of the script that runs is its --help; of that, the lines set in show how it is called.
show_help() { sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; }
usage() { die "usage: $(show_help | sed -n 's/^  *//p')"; }

# parse NAMES WORD...: sets the variables of the script that bear these names, with _ for -. Of the words, --NAME VALUE sets one, or,
# where it is an array, appends "--NAME" "VALUE", as another command takes them; -o is --out. What follows -- becomes the array `rest`,
# and all others the array `words`.
parse() {
  local names=" $1 " name
  words=() rest=()
  shift
  while (($#)); do
    case $1 in
      -h | --help) show_help && exit 0 ;;
      --) rest=("${@:2}") && return ;;
      -o) name=out ;;
      --*) name=${1#--} ;;
      -*) usage ;;
      *) words+=("$1") && shift && continue ;;
    esac
    [[ $names == *" $name "* && -n ${2-} ]] || usage
    local -n variable=${name//-/_}
    if [[ $(declare -p "${!variable}") == 'declare -a'* ]]; then variable+=("--$name" "$2"); else variable=$2; fi
    shift 2
  done
}

# install_missing PACKAGE...: runs apt-get only when one of them is not installed.
install_missing() {
  local package missing=() become=()
  if ! command -v dpkg-query >/dev/null; then
    say "$(basename "$0"): not a Debian system; going on without installing. Needed here: $*"
    return 0
  fi
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  if ((EUID != 0)); then
    command -v sudo >/dev/null || die "not installed: ${missing[*]}; run as root: apt-get install ${missing[*]}"
    become=(sudo)
  fi
  heading "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  quiet_unless_failed "${become[@]}" apt-get -qq -o Acquire::Retries=3 update </dev/null ||
    say "$(basename "$0"): apt-get update failed; trying with the package lists at hand"
  quiet_unless_failed "${become[@]}" apt-get -qq -y -o Acquire::Retries=3 --no-install-recommends install "${missing[@]}" \
    </dev/null ||
    die "apt-get could not install ${missing[*]}; its own message stands above"
}

# build_preset PRESET [CMAKE_OPTION...] [-- BUILD_OPTION...]
build_preset() {
  local preset=$1 options=()
  shift
  while (($#)) && [[ $1 != -- ]]; do
    options+=("$1")
    shift
  done
  (($# == 0)) || shift
  (cd "$root" && quiet_unless_failed cmake --preset "$preset" "${options[@]}") || return
  (cd "$root" && cmake --build --preset "$preset" --parallel "$(nproc)" "$@") || return
}

# test_preset PRESET [CTEST_OPTION...]: every test of the preset; what failed is listed at the end.
test_preset() {
  local preset=$1
  shift
  (cd "$root" && ctest --preset "$preset" --parallel "$(nproc)" "$@")
}

# quiet_unless_failed COMMAND...: its output is shown only when it fails.
quiet_unless_failed() {
  local output status=0
  output=$("$@" 2>&1) || status=$?
  ((status == 0)) || printf '%s\n' "$output" >&2
  return "$status"
}

# all_but_skipped COMMAND...: goes on after exit code 1, where a tool has named and skipped records.
all_but_skipped() {
  local status=0
  "$@" || status=$?
  ((status <= 1)) || return "$status"
  ((status == 0)) || say "$1 skipped what it named above; going on with the rest"
}

# make_venv FOLDER REQUIREMENTS [OPTION OF pip ...]: a Python environment with those packages, made anew where the file has changed.
make_venv() {
  local venv=$1 requirements=$2
  shift 2
  if cmp -s "$requirements" "$venv/requirements.txt"; then return 0; fi
  heading "peers: $venv"
  [[ -x $venv/bin/python ]] || python3 -m venv "$venv"
  quiet_unless_failed "$venv/bin/python" -m pip install --disable-pip-version-check "$@" -r "$requirements" ||
    die "the peers could not be installed; pip's own message stands above"
  cp "$requirements" "$venv/requirements.txt"
}

# hear DIR PART...: the recordings below DIR that OUT/PART.tsv lists to the stream OUT/PART.tar.
hear() {
  local data=$1 part
  shift
  for part; do
    all_but_skipped ossicle-lyon "${level[@]}" --list "$out/$part.tsv" --root "$data" -o "$out/$part.tar"
  done
}

# train_and_score PART...: trains on OUT/train.tar, with the options in `rest`, and prints the accuracy on each part.
train_and_score() {
  local part
  ossicle-train "$out/train.tar" -o "$out/model.safetensors" --log "$out/training.jsonl" "${rest[@]}"
  for part; do
    heading "$part"
    ossicle-eval "$out/model.safetensors" "$out/$part.tar"
  done
}

# find_tools: puts ossicle-* on PATH: those already there, else those built last.
find_tools() {
  command -v ossicle-train >/dev/null && return 0
  if [[ -x $root/build/release/tools/ossicle-train ]]; then
    export PATH="$root/build/release/tools:$PATH"
    return 0
  fi
  die "ossicle-train is neither on PATH nor in build/; run scripts/quickstart, or cmake --preset release and cmake --build --preset release"
}
