# SPDX-License-Identifier: MIT
# The commands of asyncrun's developers and users; `make help` lists them.

.DEFAULT_GOAL := build
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PREFIX ?= /usr/local
JOBS := $(or $(JOBS),$(shell cmake/jobs.sh))
# Debian's Python, which sees Debian's python3-jsonschema, before any other of the same name.
PYTHON := $(firstword $(wildcard /usr/bin/python3) python3)
CTEST_FLAGS := --output-on-failure -j$(JOBS) --test-output-size-passed 65536 --test-output-size-failed 1048576 \
    --test-output-truncation head
BINARY := build/release/asyncrun

PACKAGES := g++ cmake ninja-build ccache pkg-config \
    libcli11-dev libtomlplusplus-dev libuv1-dev libspdlog-dev nlohmann-json3-dev libssl-dev zlib1g-dev \
    libgtest-dev libbenchmark-dev python3 python3-jsonschema

##@ Use
.PHONY: deps build demo install
deps: ## install what is missing of Debian's packages (apt-get, with sudo when not root)
	@cmake/install_packages.sh $(PACKAGES)

build: build/release/build.ninja ## build the release binary, build/release/asyncrun
	@ninja -C build/release -j$(JOBS)

demo: deps ## install, build and run a scenario on every engine
	@$(MAKE) build
	$(BINARY) scenarios/queue.toml --engine all

install: build ## install under PREFIX (/usr/local), below DESTDIR
	install -Dm755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/asyncrun
	@find scenarios -name '*.toml' -exec install -Dm644 {} $(DESTDIR)$(PREFIX)/share/asyncrun/{} \;

##@ Test
.PHONY: test sanitize asan tsan headers
test: deps ## install, build and run all tests
	@$(MAKE) build/release/build.ninja
	@ninja -C build/release -j$(JOBS) tests
	@$(call ctest,release,)

sanitize: asan tsan ## unit and contract tests under ASan+UBSan, then under TSan

asan tsan: %: build/%/build.ninja ## one of the two
	@ninja -C build/$* -j$(JOBS) unit_and_contract_tests
	@$(call ctest,$*,-L 'unit|contract')

headers: ## check that every header compiles alone
	@CXX='$(CXX)' JOBS=$(JOBS) tests/support/check_headers.sh engine cli

##@ Measure
.PHONY: bench bench-scenarios
bench: build/release/build.ninja ## the engines through the C++ API against the limits (BENCH_FLAGS=…)
	@ninja -C build/release -j$(JOBS) benchmarks
	@$(PYTHON) tests/support/bench_scenarios.py engine $(BENCH_FLAGS)

bench-scenarios: build ## the same workloads as scenarios (BENCH_FLAGS=…)
	@$(PYTHON) tests/support/bench_scenarios.py scenario $(BENCH_FLAGS)

##@ Tidy
.PHONY: format tidy clean help
SOURCES = $(shell find engine cli tests -name '*.h' -o -name '*.cpp')
format: ## lay out the C++ sources with clang-format
	@cmake/install_packages.sh clang-format
	@clang-format -i $(SOURCES)

tidy: build/release/build.ninja ## clang-tidy on all sources, or those changed since a commit: SINCE=main
	@cmake/install_packages.sh clang-tidy clang-format
	@BUILD=build/release JOBS=$(JOBS) SINCE='$(SINCE)' tests/support/tidy.sh

clean: ## remove everything that was built
	rm -rf build

help: ## this list
	@awk 'BEGIN { FS = ":.*## " } /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	    /^[a-z][a-z -]*:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# CMake writes build.ninja again by itself when a CMake file changes, but does not look at the presets.
build/%/build.ninja: CMakePresets.json
	@cmake --preset $* && touch $@

# $(call ctest,PRESET,FLAGS): ctest's own lines, then one that counts the single tests inside its entries.
define ctest
status=0; ctest --test-dir build/$(1) $(CTEST_FLAGS) --output-junit tests.xml $(2) || status=$$?; \
$(PYTHON) tests/support/tally.py $(1)=build/$(1)/tests.xml; exit $$status
endef
