#!/bin/sh
# Installs with apt-get what building (and testing, and benchmarking) needs; nothing when all of it
# is there. Needs root or sudo only when something is missing.
#
# usage: install_packages.sh build|test|bench...
set -eu

build="g++ cmake ninja-build ccache mold pkg-config git
 libsodium-dev libssl-dev libzstd-dev libsimdjson-dev nlohmann-json3-dev libcli11-dev doctest-dev
 libvectorscan-dev libre2-dev libyaml-dev libexpat1-dev libfmt-dev libvalijson-dev
 libtomlplusplus-dev libplist-dev"
test="libbenchmark-dev jq python3 zstd xz-utils minisign skopeo docker-registry openssh-client openssl tar curl tmux nix-bin chromium
 podman runc conmon netavark aardvark-dns catatonit iptables iproute2 uidmap slirp4netns
 fuse-overlayfs systemd dbus dbus-user-session busybox-static util-linux passwd procps"
bench="libbenchmark-dev zstd valgrind ripgrep restic borgbackup ostree sed grep time"
fuzz="clang-19 libclang-rt-19-dev"
tidy="clang-tidy-19 clang-format-19"

wanted=""
for set in "$@"; do
  case $set in
  build) wanted="$wanted $build" ;;
  test) wanted="$wanted $test" ;;
  bench) wanted="$wanted $bench" ;;
  fuzz) wanted="$wanted $fuzz" ;;
  tidy) wanted="$wanted $tidy" ;;
  *) echo "install_packages.sh: unknown set: $set" >&2 && exit 2 ;;
  esac
  # A node that was installed in another way is as good as Debian's.
  if [ "$set" = test ] && ! command -v npm >/dev/null 2>&1; then wanted="$wanted nodejs npm"; fi
done

missing=""
for package in $wanted; do
  case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
  *' installed') ;;
  *) missing="$missing $package" ;;
  esac
done
[ -n "$missing" ] || exit 0

echo "installing:$missing" >&2
as_root=""
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null 2>&1 || {
    echo "install_packages.sh: needs root or sudo to install:$missing" >&2
    exit 1
  }
  as_root=sudo
fi
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq >&2
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends $missing >&2
