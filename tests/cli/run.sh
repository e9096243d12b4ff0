#!/usr/bin/env bash
# Golden cases of the command line: tests/cli/<command>/<case>/ holds `command` (a script that runs in
# a scratch directory with the program on PATH and a home of its own), `files/` (copied there first),
# and what must come of it: `stdout`, `stderr` (absent: nothing) and `exit` (absent: 0).
# SOURCEOS_ACCEPT=1 writes what came; read the difference before it is committed.
#
# usage: run.sh BIN [COMMAND/CASE]...
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=$(cd "${1:?usage: run.sh BIN [COMMAND/CASE]...}" && pwd)
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What differs from machine to machine and from run to run: scratch paths, digests and ids.
normalised() {
  sed -E -e "s#$work/[^/ ']*#SCRATCH#g" -e 's/[0-9a-f]{64}/HEX64/g' -e 's/[0-9a-f]{32}/HEX32/g' \
    -e 's/\b[0-9a-f]{12}([0-9a-f]{4})?\b/TAG/g' -e 's/vectorscan [0-9.]+|scalar/ENGINE/g'
}

run_case() { # DIRECTORY
  local case=$1 scratch status=0
  scratch=$(mktemp -d "$work/XXXXXX")
  [ ! -d "$case/files" ] || cp -R "$case/files/." "$scratch"
  mkdir -p "$scratch/home"
  (
    cd "$scratch" || exit 99
    env -i PATH="$bin:/usr/bin:/bin" HOME="$scratch/home" LANG=C.UTF-8 SOURCEOS_TEST_SEAMS=1 \
      SOURCEOS_NOW=2026-01-31T12:00:00Z SOURCEOS_SEED=golden bash "$case/command"
  ) >"$work/stdout" 2>"$work/stderr" </dev/null || status=$?
  # The line that says that seams are on stands in every case.
  sed -i '/: test seams are on: test keys, test store$/d' "$work/stderr"
  normalised <"$work/stdout" >"$work/stdout.n"
  normalised <"$work/stderr" >"$work/stderr.n"
  if [ "${SOURCEOS_ACCEPT:-}" = 1 ]; then
    cp "$work/stdout.n" "$case/stdout"
    rm -f "$case/stderr" "$case/exit"
    [ ! -s "$work/stderr.n" ] || cp "$work/stderr.n" "$case/stderr"
    [ "$status" -eq 0 ] || echo "$status" >"$case/exit"
    return 0
  fi
  local expected=0 differs=0
  [ ! -f "$case/exit" ] || expected=$(cat "$case/exit")
  [ "$status" -eq "$expected" ] || { echo "exit code: expected $expected, there is $status" && differs=1; }
  diff -u "$case/stdout" "$work/stdout.n" || differs=1
  if [ -f "$case/stderr" ]; then
    diff -u "$case/stderr" "$work/stderr.n" || differs=1
  elif [ -s "$work/stderr.n" ]; then
    echo "standard error is not empty:" && cat "$work/stderr.n" && differs=1
  fi
  return "$differs"
}

failed=0 count=0
cases=("$@")
[ ${#cases[@]} -gt 0 ] || mapfile -t cases < <(cd "$here" && ls -d */*/ | sed 's#/$##')
for name in "${cases[@]}"; do
  count=$((count + 1))
  if ! run_case "$here/$name"; then
    echo "FAILED: $name"
    failed=$((failed + 1))
  fi
done
echo "$count cases, $failed failed"
[ "$failed" -eq 0 ]
