# Short names for what is done often. `make demo` and `make test` install what they need; the
# others use what is there.
.DEFAULT_GOAL := release
SHELL := /bin/bash
BIN := build/release
JOBS ?= $(shell nproc)
FUZZ_SECONDS ?= 60

.PHONY: release dev demo test check validate asan bench bench-peers fuzz eval-redact tidy format install clean packages

release: build/release/build.ninja
	@cmake --build --preset release -j $(JOBS)
dev: build/dev/build.ninja
	@cmake --build --preset dev -j $(JOBS)
asan: build/asan/build.ninja
	@cmake --build --preset asan -j $(JOBS)
	@ctest --test-dir build/asan -j $(JOBS) --output-on-failure

build/%/build.ninja: CMakePresets.json
	@cmake --preset $* >/dev/null

packages:
	@scripts/install_packages.sh build
	@$(MAKE) --no-print-directory release

# Installs, builds, collects a bundle of this host and one of the sample incident, verifies both,
# writes the report page and says where things are.
demo: packages
	@scripts/demo.sh $(BIN)

# Installs, builds and runs everything: sanitizer build of all unit tests and fuzz corpora, then
# the release program against real tools.
test:
	@scripts/install_packages.sh build test
	@scripts/run_tests.sh

# Before each commit: no install, no network, no real host.
check: dev
	@ctest --test-dir build/dev -j $(JOBS) --output-on-failure -LE 'real|outsider|slow'
validate: check
	@ctest --test-dir build/dev --output-on-failure -L schema

bench:
	@scripts/install_packages.sh build bench
	@tests/bench/run.sh $(ONLY)
bench-peers:
	@scripts/install_packages.sh bench
	@cd tests/bench && npm ci --silent
fuzz:
	@scripts/install_packages.sh build fuzz
	@$(MAKE) --no-print-directory build/fuzz/build.ninja
	@cmake --build --preset fuzz -j $(JOBS) --target fuzzers
	@tests/fuzz/run.sh build/fuzz $(FUZZ_SECONDS)
eval-redact: release
	@$(BIN)/tests/eval/eval_redact

tidy:
	@scripts/install_packages.sh build tidy
	@$(MAKE) --no-print-directory build/dev/build.ninja
	@git ls-files '*.cpp' | grep -v '^tests/' | xargs -P $(JOBS) -n 4 clang-tidy-19 -p build/dev --quiet
format:
	@scripts/install_packages.sh tidy
	@git ls-files '*.cpp' '*.hpp' | xargs clang-format-19 -i
install: release
	@cmake --install build/release
clean:
	rm -rf build
