# Bare Debian 12 roots by debootstrap, for the scripts that try the project in one; to be sourced after lib.sh. Needs root and the network.

# In mounts of its own: runs the script that sources this again, once, where its mounts vanish with it. Takes the script's arguments.
with_own_mounts() {
  ((EUID == 0)) || die "needs root: chroot and mounts"
  install_missing debootstrap
  [[ -n ${OSSICLE_OWN_MOUNTS-} ]] || OSSICLE_OWN_MOUNTS=1 exec unshare --mount --propagation private "$0" "$@"
}

# The mirror that this machine's own apt uses for bookworm.
mirror() {
  apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' |
    sed -n 's/ bookworm$//p' | head -n 1
}

# make_base FOLDER: a bare bookworm root, unless it is there.
make_base() {
  local base=$1 uri
  [[ ! -x $base/bin/bash ]] || return 0
  uri=$(mirror)
  [[ -n $uri ]] || die "apt on this machine knows no bookworm mirror; make the root yourself: debootstrap --variant=minbase bookworm $base"
  heading "debootstrap into $base"
  debootstrap --variant=minbase --include=ca-certificates bookworm "$base.part" "$uri" >&2
  mv "$base.part" "$base"
}

# copy_root BASE FOLDER: a copy in which apt reaches the network as on this machine: name service, certificates, apt's proxy.
copy_root() {
  local base=$1 work=$2
  heading "fresh copy of $base"
  cp -a "$base/." "$work/"
  cp -L /etc/resolv.conf /etc/hosts "$work/etc/"
  [[ ! -f /etc/ssl/certs/ca-certificates.crt ]] || cp -L /etc/ssl/certs/ca-certificates.crt "$work/etc/ssl/certs/"
  grep -l -E '^ *Acquire' /etc/apt/apt.conf.d/* /etc/apt/apt.conf 2>/dev/null | xargs -r cp -t "$work/etc/apt/apt.conf.d/" || true
  mount -t proc proc "$work/proc"
  mount --rbind /dev "$work/dev"
}

# remove_root FOLDER
remove_root() {
  umount -R "$1/proc" "$1/dev" 2>/dev/null || true
  rm -rf --one-file-system "$1"
}

# in_root FOLDER WORKING_FOLDER COMMAND...: with nothing of this machine's environment but what `settings` holds.
settings=(HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)
in_root() {
  local work=$1 folder=$2
  shift 2
  heading "in the fresh root: $*"
  chroot "$work" env -i "${settings[@]}" bash -c 'cd "$1" && shift && exec "$@"' inside "$folder" "$@" </dev/null
}
