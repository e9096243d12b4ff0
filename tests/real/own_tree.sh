#!/usr/bin/env bash
# The scanner finds nothing in a clean clone of this repository.
#
# usage: own_tree.sh BUILD_DIRECTORY
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "${1:?usage: own_tree.sh BUILD_DIRECTORY}" && pwd)
[ -e "$here/.git" ] || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git clone -q --no-hardlinks "$here" "$work/clone"
cd "$work/clone"
env -i PATH=/usr/bin:/bin HOME="$work" "$build/sourceosctl" scan . --fail-on low
