# `make` lists the targets. CI runs the same ones.
.DEFAULT_GOAL := help
GO ?= go

## help: list the targets
help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST) | column -t -s ':'

## dev: the whole thing on this machine, no account needed
dev:
	$(GO) run ./cmd/paydial dev

## build: the binary, with the simulator in it
build:
	CGO_ENABLED=0 $(GO) build -trimpath -tags nomsgpack -o paydial ./cmd/paydial

## build-production: the binary without the simulator
build-production:
	CGO_ENABLED=0 $(GO) build -trimpath -tags nosimulator,nomsgpack -ldflags '-s -w' -o paydial ./cmd/paydial

## test: all tests; those that need redis-server, Postgres or Chromium say when they are skipped
test:
	$(GO) test ./...

## race: all tests under the race detector
race:
	$(GO) test -race ./...

## check: what a change must pass before it is sent
check: tidy-check vet test

## vet: go vet and gofmt
vet:
	$(GO) vet ./...
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || (gofmt -l $$(git ls-files '*.go'); echo 'run gofmt -w on these' >&2; exit 1)

## lint: golangci-lint, where it is installed
lint:
	golangci-lint run

## tidy-check: go.mod and go.sum say what the code needs
tidy-check:
	$(GO) mod tidy -diff

## fuzz: each fuzz target for 30 seconds
fuzz:
	@for p in $$($(GO) list ./...); do for f in $$($(GO) test -list '^Fuzz' $$p | grep ^Fuzz); do \
	  echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime 30s $$p || exit 1; done; done

## bench: one turn against its baselines, ratios in the same run (needs redis-server)
bench:
	$(GO) run ./bench

.PHONY: help dev build build-production test race check vet lint tidy-check fuzz bench
