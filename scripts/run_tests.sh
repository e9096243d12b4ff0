#!/usr/bin/env bash
# Everything that shows the toolkit works: one sanitizer build for unit tests and fuzz corpora, one
# release build for the program against real tools. ctest's own summary is the last thing printed.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=$(nproc)
export CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-4G}

echo "== release build"
cmake --preset release -DSOURCEOS_BENCH=ON >/dev/null
cmake --build --preset release -j "$jobs"

echo "== unit tests and fuzz corpora under AddressSanitizer and UndefinedBehaviorSanitizer"
cmake --preset asan >/dev/null
cmake --build --preset asan -j "$jobs"
sanitized=0
ctest --test-dir build/asan -j "$jobs" --output-on-failure --timeout 1800 || sanitized=$?

echo "== the program with real tools"
(cd tests/outsiders && npm ci --silent --no-audit --no-fund)
ctest --test-dir build/release -j "$jobs" --output-on-failure --timeout 900
exit "$sanitized"
