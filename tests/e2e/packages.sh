#!/usr/bin/env bash
# Installs the two Debian packages in a bare Debian 12 (debootstrap, chroot), runs what their units run as the users they
# name, judges the units, and purges: packages.sh --build DIR   (as root; the programs are taken from that build)
# The bare system is kept as a tar in DIR for the next run. A chroot has no systemd running: what the units' hardening
# forbids at run time is not seen here, only that systemd understands and rates it.
set -uo pipefail
top=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
[ "${1:-}" = --build ] && [ $# = 2 ] || { sed -n 2,6p "$0"; exit 2; }
build=$(realpath "$2")
[ "$(id -u)" = 0 ] || { echo "packages.sh: needs root for its chroot"; echo "0 passed, 1 failed"; exit 1; }
room=$(mktemp -d) && chmod 755 "$room"
leave() {
  for process in /proc/[0-9]*; do  # what was left running in the room
    [ "$(readlink "$process/root" 2>/dev/null)" = "$room" ] && kill -9 "${process#/proc/}" 2>/dev/null
  done
  for place in dev/pts dev/shm proc sys; do mountpoint -q "$room/$place" && umount -l "$room/$place"; done
  rm -rf --one-file-system "$room"
}
trap leave EXIT
trap 'exit 1' TERM INT HUP

give_up() {
  echo "$*"
  echo "0 passed, 1 failed"
  exit 1
}

bare_debian() {
  local base=$build/bare-debian-12.tar mirror
  if [ -e "$base" ]; then
    tar -C "$room" -xpf "$base"
    return
  fi
  mirror=$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -n 1)
  [ -n "$mirror" ] || mirror=$(awk '$1 == "deb" { print $2; exit }' /etc/apt/sources.list 2>/dev/null)
  debootstrap --variant=minbase --include=ca-certificates bookworm "$room" "${mirror:-http://deb.debian.org/debian}" \
    > "$build/results-debootstrap.log" 2>&1 || { tail -n 20 "$build/results-debootstrap.log"; return 1; }
  rm -f "$room/etc/apt/sources.list"
  tar -C "$room" -cf "$base.part" . && mv "$base.part" "$base"
}

# The room uses this machine's package sources, whatever proxy or mirror they need.
furnish() {
  local place
  for place in /etc/apt /etc/ssl/certs /usr/share/keyrings; do mkdir -p "$room$place" && cp -a "$place/." "$room$place/"; done
  for place in /etc/resolv.conf /etc/hosts; do cp -L "$place" "$room$place"; done
  printf '#!/bin/sh\nexit 101\n' > "$room/usr/sbin/policy-rc.d" && chmod +x "$room/usr/sbin/policy-rc.d"
  mount -t proc proc "$room/proc" && mount -t sysfs sys "$room/sys"
  mkdir -p "$room/dev/pts" "$room/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=0666 devpts "$room/dev/pts" && ln -sf pts/ptmx "$room/dev/ptmx"
  mount -t tmpfs tmpfs "$room/dev/shm"
}

bare_debian || give_up "no bare Debian"
chmod 755 "$room"
furnish || give_up "the chroot could not be set up"
mkdir -p "$room/packages"
"$top/packaging/build-packages" "$room/packages" --build "$build" || give_up "no packages"
cp "$top/tests/e2e/packages_inside.sh" "$room/packages/"
certificates=$(env | grep -E '^(SSL_CERT_FILE|SSL_CERT_DIR|CURL_CA_BUNDLE|https?_proxy)=' || true)
# shellcheck disable=SC2086
chroot "$room" env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin ASAN_OPTIONS=detect_leaks=0 $certificates \
  bash /packages/packages_inside.sh
