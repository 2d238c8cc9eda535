#!/usr/bin/env bash
# Installs what is missing, builds everything and runs every test.
# usage: tools/test.sh [options of ctest, such as -R idx]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/tools/setup.sh"

packages+=(doxygen dpkg-dev file) # for the API reference and the Debian package, which only tests make
packages+=(librapidcheck-dev)     # for the property tests
install_packages
build all
build all_verify_interface_header_sets
ctest --test-dir "$root/build" --output-on-failure --parallel "$(nproc)" "$@" || fail "at least one test failed: see above"
