# ethkey. `make` lists the targets; logic longer than a line is in scripts/.
#
# The environment's own flags are overruled here, because a build must not
# depend on who runs it. __BLST_PORTABLE__ makes blst choose its code path at
# run time: without it the binary dies on processors older than about 2015.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif

export CC
export CGO_ENABLED := 1
export CGO_CFLAGS := -O2 -D__BLST_PORTABLE__
export CGO_LDFLAGS :=
export GOFLAGS :=
export GOTOOLCHAIN := local
export GOAMD64 := v1
export GOARM64 := v8.0

BUILD := go build -trimpath -buildvcs=true -tags netgo,osusergo \
	-ldflags "-s -w -buildid= -linkmode external -extldflags -static"
STATICCHECK := go tool -modfile=tools/go.mod staticcheck
SCRIPTS := .ci/run scripts/*

KILL_ROUNDS ?= 20
FUZZTIME ?= 600
SOAK_KILL_ROUNDS ?= 10000
SOAK_FUZZTIME ?= 14400

##@ Build
.PHONY: build
build: ## build bin/ethkey with gcc, static and portable
	@scripts/setup build
	$(BUILD) -o bin/ethkey ./cmd/ethkey

.PHONY: release
release: ## build dist/ethkey-linux-{amd64,arm64} with musl, as releases are, and SHA256SUMS
	@scripts/setup build release
	@$(MAKE) --no-print-directory $(RELEASES)
	cd dist && sha256sum $(notdir $(RELEASES)) >SHA256SUMS

RELEASES := dist/ethkey-linux-amd64 dist/ethkey-linux-arm64
.PHONY: $(RELEASES)
dist/ethkey-linux-amd64: CC := musl-gcc
dist/ethkey-linux-arm64: CC := aarch64-linux-gnu-gcc -specs /usr/lib/aarch64-linux-musl/musl-gcc.specs
$(RELEASES): dist/ethkey-linux-%:
	GOARCH=$* $(BUILD) -o $@ ./cmd/ethkey

.PHONY: generate
generate: ## write the man pages, completions and golden results anew
	go test -count=1 -run 'TestManPagesAndCompletionsAreFresh|TestResultsGolden' ./cmd/ethkey -update

.PHONY: demo
demo: build ## build, then rehearse from a fixed mnemonic to verified files
	@scripts/demo bin/ethkey

.PHONY: setup
setup: ## install what the targets below need, through apt where that may be
	@scripts/setup all

##@ Test
.PHONY: test
test: ## build, lint, unit tests, testscripts, 20 kill rounds, npm counterparts
	@scripts/setup build test
	@$(MAKE) --no-print-directory build vet fmt
	ETHKEY_KILL_ROUNDS=$(KILL_ROUNDS) go test -timeout 20m ./...
	@$(MAKE) --no-print-directory crosscheck

.PHONY: crosscheck
crosscheck: ## compare with implementations that are not ours
	@scripts/setup build test
	npm ci --prefix crosscheck/npm --no-audit --no-fund
	cd crosscheck && go vet ./... && go test -timeout 20m ./...

.PHONY: race
race: export GORACE := atexit_sleep_ms=0
race: ## run every test under the race detector, with fewer points in the long sweeps
	go test -race -short -timeout 30m ./...

.PHONY: fuzz
fuzz: ## fuzz every target, FUZZTIME seconds in all (600)
	@scripts/fuzz $(FUZZTIME)

.PHONY: kill
kill: ## kill the process KILL_ROUNDS times and judge what is left (20)
	@scripts/kill $(KILL_ROUNDS)

.PHONY: bench
bench: ## run the benchmarks
	go test -run '^$$' -bench . -benchmem -timeout 1h ./...

.PHONY: soak
soak: ## the long form: a history of 1 GiB, 10000 kill rounds, four hours of fuzzing
	@scripts/setup build test
	ETHKEY_BIG_MIB=1024 go test -count=1 -timeout 1h -run TestMemoryIsFlat ./pkg/slashingdb
	@scripts/kill $(SOAK_KILL_ROUNDS)
	@scripts/fuzz $(SOAK_FUZZTIME)

##@ Check
.PHONY: check
check: vet fmt ## vet, gofmt, staticcheck, shellcheck
	@scripts/setup build test check
	$(STATICCHECK) ./...
	shellcheck $(SCRIPTS)

.PHONY: vet
vet:
	go vet ./...

.PHONY: fmt
fmt:
	@unformatted=$$(git ls-files -z '*.go' | xargs -0 gofmt -l); \
	test -z "$$unformatted" || { echo "run gofmt -w on:"; echo "$$unformatted"; exit 1; }

.PHONY: release-check
release-check: ## build the release twice, compare, check that it runs anywhere
	@scripts/setup build release check
	@scripts/release-check

.PHONY: release-test
release-test: ## drive dist/ethkey-linux-amd64 by the scripts of whole commands
	ETHKEY_BIN=dist/ethkey-linux-amd64 go test -count=1 -timeout 20m -run TestScripts ./cmd/ethkey

##@ Other
.PHONY: clean
clean: ## remove what was built
	rm -rf bin dist crosscheck/npm/node_modules

.PHONY: help
help: ## show this list
	@awk 'BEGIN { FS = ":.*## " } \
	/^##@/ { printf "\n%s\n", substr($$0, 5) } \
	/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' Makefile
