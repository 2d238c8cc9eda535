#!/usr/bin/env bash
# Signals and kill -9 at many more random moments than the tests have time for.
# usage: tools/stress.sh [times, 200 unless given]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/tools/setup.sh"

build dln_cli test_tools
DLN_KILLS=${1:-200} "$root/build/bin/test_tools" \
  --gtest_filter='Faults.SignalsAtRandomMoments*:SweepFaults.KilledAtAnyMoment*' || fail "something was lost: see above"
