#!/usr/bin/env bash
# Speed and size against the recorded run. Repositories on this machine can be added: bench/run.sh examples=../examples
set -euo pipefail
cd "$(dirname "$0")/.."
exec go run ./bench/measure "$@"
