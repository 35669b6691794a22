# Two commands do all the set-up: make demo, make test.
SHELL := /bin/bash
GO ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LINT := $(GO) tool -modfile=tools/go.mod golangci-lint

.PHONY: demo test build facts check-tools test-tools format vet lint unit rules docs check-long bench fuzz release clean

## demo: build wardlet and scan the example shop
demo: build
	bin/wardlet scan examples/shop --fail-on never

## build: bin/wardlet
build: check-tools
	$(GO) build -ldflags '-X main.version=$(VERSION)' -o bin/wardlet ./cmd/wardlet

# Wardlet needs Go and, for its parsers, a C compiler.
check-tools:
	@command -v $(GO) >/dev/null || { echo "Go 1.26 or newer is missing: install it from https://go.dev/dl/"; exit 1; }
	@command -v $${CC:-cc} >/dev/null || command -v gcc >/dev/null || command -v clang >/dev/null || { \
	  echo "a C compiler is missing: on Debian 'apt-get install gcc libc6-dev', on macOS 'xcode-select --install'"; exit 1; }

## test: everything that must hold before a change lands
test: check-tools test-tools format vet lint unit

# The tests run real programs; what is missing is installed where that can be done without asking.
test-tools:
	@for tool in git; do command -v $$tool >/dev/null && continue; \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -qq && apt-get install -y -qq $$tool; \
	  else echo "$$tool is missing: install it to run the tests"; exit 1; fi; done

format:
	@out=$$(gofmt -l cmd internal rules data bench); [ -z "$$out" ] || { echo "not formatted (run gofmt -w):"; echo "$$out"; exit 1; }

vet:
	$(GO) vet ./...

lint:
	$(LINT) run ./...

unit:
	$(GO) test ./...

## facts: tables of facts, anew from their sources (downloads them)
facts:
	$(GO) generate ./data/...

## docs: pages that are generated from the code
docs:
	$(GO) generate ./...

## check-long: what takes longer than a change should wait for
check-long: fuzz
	$(GO) test -race ./...
	$(MAKE) bench

## fuzz: each reader of foreign text, FUZZTIME long
FUZZTIME ?= 10m
fuzz:
	bench/fuzz.sh $(FUZZTIME)

## bench: speed and size against the last recorded run
bench: build
	bench/run.sh

## release: a static binary for Linux
release: check-tools
	CGO_ENABLED=1 $(GO) build -trimpath -ldflags '-s -w -linkmode external -extldflags -static -X main.version=$(VERSION)' -o bin/wardlet ./cmd/wardlet

clean:
	rm -rf bin
