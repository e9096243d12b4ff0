#!/usr/bin/env bash
# Builds and runs the benchmark: the rows of ours against others, then the micro-benchmarks and the
# instruction counts. Results: build/bench/*.jsonl, *.json and bench-table.txt.
#
# usage: run.sh [P5,P6 | micro | instructions]     all of it without an argument
set -euo pipefail
cd "$(dirname "$0")/../.."
only=${1:-}
build=build/bench

cmake --preset release -B "$build" -DSOURCEOS_TESTS=OFF -DSOURCEOS_BENCH=ON >/dev/null
cmake --build "$build" -j "$(nproc)" --target benchmarks

if [[ -z $only || $only == P* ]]; then
  # BENCH_OPTIONS: "--runs 1 --shrink 64" tries the benchmark itself
  # shellcheck disable=SC2086
  "$build/tests/bench/bench" --programs "$build" --suite tests/bench --only "$only" ${BENCH_OPTIONS:-}
fi
if [[ -z $only || $only == micro ]]; then
  "$build/tests/bench/bench_micro" --benchmark_out="$build/micro.json" --benchmark_out_format=json
fi
if [[ -z $only || $only == instructions ]]; then
  tests/bench/count_instructions.sh "$build"
fi
