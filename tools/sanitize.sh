#!/usr/bin/env bash
# Builds and runs the tests under sanitizers: all of them under address and undefined behaviour, those that use
# threads under the thread sanitizer.
# usage: tools/sanitize.sh [address|threads] [options of ctest; -R and -E replace the selection]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/tools/setup.sh"

which=both
case ${1:-} in address | threads) which=$1 && shift ;; esac
packages+=(librapidcheck-dev)
install_packages

# examine PRESET "TARGET..." [options of ctest]
examine() {
  local preset=$1 targets=$2
  shift 2
  echo "Building in $root/build-$preset (this takes a while)"
  (cd "$root" && cmake --preset "$preset" >/dev/null && cmake --build "build-$preset" --target $targets) || fail "the build failed; the compiler's own message is above"
  ctest --test-dir "$root/build-$preset" --output-on-failure --parallel "$(nproc)" --timeout 3600 "$@" || fail "at least one test failed: see above"
}

# Every report is an error. Open MPI keeps some of what it allocates to the end.
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export ASAN_OPTIONS=detect_stack_use_after_return=1
export LSAN_OPTIONS=suppressions=$root/tests/leak.supp:print_suppressions=0
# TBB is not built with the sanitizer, which cannot see how it orders what its threads do.
export TSAN_OPTIONS=suppressions=$root/tests/thread.supp:halt_on_error=1:ignore_noninstrumented_modules=1:second_deadlock_stack=1

# Packing and speed are no business of sanitizers; the fuzz targets have a build of their own (tools/fuzz.sh); and ASan
# itself reserves more addresses than LittleMemory leaves.
[ "$which" = threads ] || examine sanitize tests -E '^(packaging|fuzz|benchmarks)\.|LittleMemory' "$@"
[ "$which" = address ] || examine tsan "test_data test_experiments test_plots test_tools" -R '(Sweep|Journal|Progress|RunStore|experiments\.|DoesNotDependOnThreads|Threads)' "$@"
