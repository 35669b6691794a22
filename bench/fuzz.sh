#!/usr/bin/env bash
# Fuzzes every reader of foreign text, each for the time given (default 10m). New failing inputs stay in testdata/fuzz.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-10m}
for package in $(go list ./...); do
  dir=${package#wardlet.example/}
  { grep -hoE '^func Fuzz[A-Za-z0-9_]*' "$dir"/*_test.go 2>/dev/null || true; } | sed 's/^func //' | while read -r target; do
    echo "== $dir $target"
    go test "./$dir" -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 2s
  done
done
