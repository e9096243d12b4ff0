#!/usr/bin/env bash
# Instructions of four fixed workloads, as callgrind counts them: repeatable on a loaded machine.
#
# usage: count_instructions.sh BUILD
set -euo pipefail
build=$1
program=$build/tests/bench/bench_workload
out=$build/instructions.jsonl
if ! command -v valgrind >/dev/null 2>&1; then
  echo "instructions: valgrind is not installed"
  exit 0
fi
: >"$out"
for workload in redact layers index log; do
  counts=$(mktemp)
  valgrind --quiet --tool=callgrind --instr-atstart=no --callgrind-out-file="$counts" \
    "$program" "$workload"
  instructions=$(awk '/^(totals|summary):/ { n = $2 } END { print n + 0 }' "$counts")
  rm -f "$counts"
  printf '%-10s %15s instructions\n' "$workload" "$instructions"
  printf '{"kind":"instructions","workload":"%s","instructions":%s}\n' "$workload" "$instructions" >>"$out"
done
