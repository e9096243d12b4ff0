#!/usr/bin/env bash
# samples/ci as a job would use it: bundles of one account, judged elsewhere against a pinned trust
# file and the sample policy; a tampered bundle, a foreign one and a wrong pin fail the job.
#
# usage: ci_sample.sh BIN
set -euo pipefail
bin=$(cd "${1:?usage: ci_sample.sh BIN}" && pwd)
samples=$(cd "$(dirname "$0")/../../samples" && pwd)
ctl=$bin/sourceosctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SOURCEOSCTL=$ctl
die() { echo "FAILED: $*" >&2 && exit 1; }
as() { export XDG_CONFIG_HOME=$work/$1/config XDG_STATE_HOME=$work/$1/state HOME=$work/$1 && mkdir -p "$work/$1"; }

as maker
git init -q "$work/repo" && cd "$work/repo"
git -c user.name=dev -c user.email=dev@example.org commit -q --allow-empty -m first
mkdir "$work/bundles"
for n in 1 2; do
  "$ctl" evidence collect --preset agent-machine --path "$work/repo" --quiet >/dev/null || [ $? -eq 3 ]
  "$ctl" evidence export @last --output "$work/bundles/$n.evidence.tar" >/dev/null
done
"$ctl" evidence trust init "$work/trust.json" --holder build-host >"$work/trust-init"
root=$(awk '$1 == "root" && /sha256:/ { print $2; exit }' "$work/trust-init")

as judge
judge() { "$samples/ci/verify-bundles.sh" "$1" "$work/trust.json" "${2:-$root}" "$samples/policies/ci.toml" "$work/evidence.xml"; }
judge "$work/bundles" || die "good bundles are refused: $(cat "$work/evidence.xml")"
[ "$(grep -c '<testsuite ' "$work/evidence.xml")" -eq 2 ] || die "the JUnit file does not count two: $(cat "$work/evidence.xml")"
! judge "$work/bundles" "sha256:$(printf '0%.0s' {1..64})" >/dev/null || die "a wrong pin is accepted"

cp -r "$work/bundles" "$work/tampered"
printf 'X' | dd of="$work/tampered/2.evidence.tar" bs=1 seek=20000 conv=notrunc status=none
! judge "$work/tampered" >/dev/null || die "a tampered bundle is accepted"
grep -q '<failure' "$work/evidence.xml" || die "the JUnit file has no failure"

as stranger
"$ctl" evidence collect --preset minimal --quiet >/dev/null
mkdir "$work/foreign" && "$ctl" evidence export @last --output "$work/foreign/1.evidence.tar" >/dev/null
as judge
! judge "$work/foreign" >/dev/null || die "a stranger's bundle is accepted"
mkdir "$work/none"
status=0; judge "$work/none" >/dev/null 2>&1 || status=$?
[ "$status" -eq 2 ] || die "an empty directory gives $status, not 2"
echo "the CI sample accepts what it should and nothing else"
