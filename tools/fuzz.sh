#!/usr/bin/env bash
# Looks for inputs on which a reader crashes, leaks, hangs or needs more than 256 MB: clang's libFuzzer with the
# address and undefined-behaviour sanitizers, from the seeds in tests/fuzz/seeds.
# usage: tools/fuzz.sh [-n INPUTS] [-j JOBS] [READER...]     (10^7 inputs for each of all readers, a job a core)
# What is found, and what was learned on the way, stays in build-fuzz/found and build-fuzz/corpus.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/tools/setup.sh"

inputs=10000000
jobs=$(nproc)
while getopts n:j: option; do
  case $option in
    n) inputs=$OPTARG ;;
    j) jobs=$OPTARG ;;
    *) fail "expected -n INPUTS, -j JOBS and names of readers: $(ls "$root/tests/fuzz/seeds" | tr '\n' ' ')" ;;
  esac
done
shift $((OPTIND - 1))
readers=("$@")
[ ${#readers[@]} -gt 0 ] || readers=($(ls "$root/tests/fuzz/seeds"))
for reader in "${readers[@]}"; do
  [ -d "$root/tests/fuzz/seeds/$reader" ] || fail "no reader '$reader'; expected: $(ls "$root/tests/fuzz/seeds" | tr '\n' ' ')"
done

packages+=(clang libclang-rt-14-dev)
install_packages
echo "Building in $root/build-fuzz"
(cd "$root" && cmake --preset fuzz >/dev/null && cmake --build build-fuzz --target "${readers[@]/#/fuzz_}") || fail "the build failed; the compiler's own message is above"

# One reader; its last line says how it went.
look() {
  local reader=$1 build="$root/build-fuzz" began=$SECONDS longest=4096
  [ "$reader" != expression ] || longest=256 # they are derived and evaluated too
  mkdir -p "$build/corpus/$reader" "$build/found"
  # What readers print is dropped (-close_fd_mask); the fuzzer's and the sanitizers' words stay.
  # Without entropy's weights (-entropic) a third more inputs pass in the same time.
  if "$build/bin/fuzz_$reader" "$build/corpus/$reader" "$root/tests/fuzz/seeds/$reader" -runs="$inputs" -seed=1 \
    -dict="$root/tests/fuzz/words.txt" -max_len=$longest -entropic=0 -timeout=60 -rss_limit_mb=256 -malloc_limit_mb=256 \
    -close_fd_mask=3 -print_final_stats=1 -artifact_prefix="$build/found/$reader-" >"$build/found/$reader.log" 2>&1; then
    state=none
  else
    state=FOUND
  fi
  printf '%s\t%s\t%s\t%s\t%s\n' "$reader" \
    "$(sed -n 's/^stat::number_of_executed_units: *//p' "$build/found/$reader.log")" \
    "$(sed -n 's/^stat::peak_rss_mb: *//p' "$build/found/$reader.log")" $((SECONDS - began)) "$state" >"$build/found/$reader.line"
}
export -f look
export root inputs
# Of freed memory 4 MB are kept to catch its use, within the 256 MB; and of the calls that led to an allocation six, as
# the sanitizer keeps every distinct list of them for good, and a reader that calls itself makes no end of them.
export ASAN_OPTIONS=${ASAN_OPTIONS:-quarantine_size_mb=4:max_malloc_fill_size=0:malloc_context_size=6}

printf '%s\n' "${readers[@]}" | xargs -P "$jobs" -I{} bash -c 'look {}'
printf 'reader\tinputs\tMB at most\tseconds\tfound\n'
lines=("${readers[@]/#/$root/build-fuzz/found/}")
cat "${lines[@]/%/.line}"
! grep -q FOUND "${lines[@]/%/.line}" || fail "what was found is in $root/build-fuzz/found, with its log; add it to tests/fuzz/seeds when it is mended"
