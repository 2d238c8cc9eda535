#!/usr/bin/env bash
# Which lines the tests run: a build of its own, every test, and a table by file. Needs gcovr; half an hour.
# usage: tools/coverage.sh [options of ctest, such as -R theory]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/tools/setup.sh"

packages+=(gcovr)
install_packages
made="$root/build-coverage"
cmake -S "$root" -B "$made" -G Ninja -DCMAKE_BUILD_TYPE=Release -DDLN_WERROR=OFF -DDLN_COVERAGE=ON -DCMAKE_CXX_FLAGS_RELEASE="-O1 --coverage" >/dev/null
cmake --build "$made" --target tests || fail "the build failed; the compiler's own message is above"
find "$made" -name '*.gcda' -delete
# Programs that lose a file or their folder are told so by gcov as well: not into what the tests read. Tests that limit
# how long files grow are left out: gcov's would be cut as well, and count nothing from then on.
export GCOV_ERROR_FILE="$made/gcov.log"
ctest --test-dir "$made" --parallel "$(nproc)" -E '^(packaging|fuzz|benchmarks)\.|AFullDiskAtEveryWrite|OutOfRoom' "$@" >"$made/tests.log" || echo "some tests failed: $made/tests.log"
gcovr --gcov-ignore-parse-errors --root "$root" --filter "$root/lib/" --filter "$root/validation/" --filter "$root/plots/" --filter "$root/tools/" \
  --exclude-throw-branches --txt "$made/coverage.txt" --html-details "$made/coverage.html" "$made"
tail -5 "$made/coverage.txt"
echo "Line by line: $made/coverage.html"
