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

# Debian's oneTBB again, from its own source with the sanitizer in it: it would not see otherwise how TBB orders what
# its threads do, and take every loop for a race. Half a minute, once.
instrument_tbb() {
  local made=$root/build-tsan/tbb built
  if [ ! -e "$made/done" ]; then
    echo "Building oneTBB with the thread sanitizer in $made"
    rm -rf "$made" && mkdir -p "$made/lists/partial" "$made/sources"
    cp /etc/apt/sources.list.d/*.sources "$made/sources/" 2>/dev/null || true
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list >"$made/sources/lists.list" 2>/dev/null || true
    sed -i 's/^deb /deb-src /; s/^Types: .*/Types: deb-src/' "$made"/sources/*
    printf '%s\n' 'Dir::Etc::sourcelist "-";' "Dir::Etc::sourceparts \"$made/sources\";" "Dir::State::lists \"$made/lists\";" >"$made/apt.conf"
    (cd "$made" && export APT_CONFIG=$made/apt.conf && apt-get update -qq && apt-get source -qq --download-only onetbb) >"$made/log" 2>&1 &&
      mkdir "$made/source" && tar xf "$made"/onetbb_*.orig.tar.* -C "$made/source" --strip-components=1 &&
      cmake -S "$made/source" -B "$made/build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DTBB_SANITIZE=thread -DTBB_TEST=OFF -DTBB_STRICT=OFF -DTBBMALLOC_BUILD=OFF >>"$made/log" 2>&1 &&
      cmake --build "$made/build" >>"$made/log" 2>&1 || fail "oneTBB could not be built with the thread sanitizer: see $made/log"
    touch "$made/done"
  fi
  built=$(find "$made/build" -name libtbb.so.12)
  [ -n "$built" ] || fail "no libtbb.so.12 in $made/build; remove $made and start again"
  export LD_LIBRARY_PATH=$(dirname "$built")
}

# Every report is an error. Open MPI keeps some of what it allocates to the end.
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export ASAN_OPTIONS=detect_stack_use_after_return=1
export LSAN_OPTIONS=suppressions=$root/tests/leak.supp:print_suppressions=0
# At its end the thread sanitizer waits a second by itself for others to race: a second is what SIGTERM is allowed.
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:atexit_sleep_ms=0

# Packing and speed are no business of sanitizers; the fuzz targets have a build of their own (tools/fuzz.sh); and ASan
# itself reserves more addresses than LittleMemory leaves.
[ "$which" = threads ] || examine sanitize tests -E '^(packaging|fuzz|benchmarks)\.|LittleMemory' "$@"
[ "$which" = address ] || instrument_tbb
[ "$which" = address ] || examine tsan "test_data test_experiments test_plots test_tools" -R '(Sweep|Journal|Progress|RunStore|experiments\.|DoesNotDependOnThreads|Threads)' "$@"
