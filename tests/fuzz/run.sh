#!/usr/bin/env bash
# Runs every fuzzer of a clang build for some seconds, on a copy of its corpus: what it finds on the
# way is not kept, what breaks it is. One line each; fails when one of them crashed.
#
# usage: run.sh BUILD SECONDS
set -euo pipefail
build=${1:?usage: run.sh BUILD SECONDS}
seconds=${2:?usage: run.sh BUILD SECONDS}
corpora=$(cd "$(dirname "$0")" && pwd)/corpus
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
broken=0
count=0
for fuzzer in "$build"/tests/fuzz/fuzz_*; do
  [[ -f $fuzzer && -x $fuzzer ]] || continue
  parser=${fuzzer##*/fuzz_}
  corpus=$scratch/$parser
  mkdir -p "$corpus"
  cp -r "$corpora/$parser/." "$corpus/" # each has one; without it this fails
  crashes=$build/crashes/$parser
  mkdir -p "$crashes"
  count=$((count + 1))
  if "$fuzzer" -max_total_time="$seconds" -timeout=25 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$crashes/" "$corpus" >"$scratch/$parser.log" 2>&1; then
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$scratch/$parser.log")
    printf '%-16s ok       %12s runs, corpus of %s\n' "$parser" "${runs:-?}" "$(find "$corpus" -type f | wc -l)"
  else
    broken=$((broken + 1))
    printf '%-16s CRASHED  see %s\n' "$parser" "$crashes"
    tail -n 40 "$scratch/$parser.log"
  fi
done
if ((count == 0)); then
  echo "run.sh: no fuzzer in $build/tests/fuzz" >&2
  exit 2
fi
((broken == 0))
