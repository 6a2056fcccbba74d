#!/bin/sh
# Kernel sources for `npm run test:kernel`: Debian's linux-source-6.1 and linux-source-6.12, only the
# folders KVM's x86 MMU needs, each as a git repository with one commit.
#   usage: scripts/fetch-kernels.sh [SERIES...]        (default: 6.1 6.12)
# They go to ${KSRC:-~/.cache/kernel-trees}/VERSION. A complete VERSION of a series is never fetched again.
# Takes what the suite at hand has, so the third number of a version changes with time.
set -eu
KSRC=${KSRC:-$HOME/.cache/kernel-trees}
mkdir -p "$KSRC"
[ $# -gt 0 ] || set -- 6.1 6.12

have() { # newest complete version of a series, or nothing
  for d in "$KSRC/$1".*; do [ -e "$d/.complete" ] && basename "$d"; done | sort -V | tail -n 1
}

for series in "$@"; do
  version=$(have "$series")
  if [ -n "$version" ]; then echo "$KSRC/$version"; continue; fi
  work=$(mktemp -d "$KSRC/fetch-XXXXXX")
  trap 'rm -rf "$work"' EXIT
  (cd "$work" && { apt-get download "linux-source-$series" || {
    apt-get update -qq && apt-get download "linux-source-$series"; }; }) >&2
  deb=$(find "$work" -name '*.deb')
  version=$(dpkg-deb -f "$deb" Version | sed 's/-[^-]*$//; s/~//g')
  mkdir "$work/deb" "$work/tree"
  dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$work/deb" --wildcards '*.tar.xz'
  tar -xJf "$work"/deb/usr/src/*.tar.xz -C "$work/tree" --strip-components=1 \
    --wildcards '*/arch/x86/*' '*/include/*' '*/virt/kvm/*' '*/Makefile'
  # The patterns match at any depth: keep only the folders meant.
  find "$work/tree" -mindepth 1 -maxdepth 1 -type d ! -name arch ! -name include ! -name virt -exec rm -rf {} +
  find "$work/tree/arch" -mindepth 1 -maxdepth 1 -type d ! -name x86 -exec rm -rf {} +
  git -C "$work/tree" init -q -b main
  printf '.complete\n' >"$work/tree/.git/info/exclude"
  git -C "$work/tree" add -A
  git -C "$work/tree" -c user.name=fetch -c user.email=fetch@localhost commit -qm "linux $version"
  touch "$work/tree/.complete"
  rm -rf "${KSRC:?}/$version"
  mv "$work/tree" "$KSRC/$version"
  rm -rf "$work"
  trap - EXIT
  echo "$KSRC/$version"
done
