#!/usr/bin/env bash
# Installs what is missing, builds dln, examines every claim at standard effort and writes report/.
# usage: tools/report.sh [options of dln verify, such as --effort quick]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/tools/setup.sh"

install_packages
build dln_cli
status=0
"$root/build/bin/dln" verify --out "$root/report" "$@" || status=$?
case $status in
  0) ;;
  1) fail "at least one claim fails: see the report" ;;
  *) fail "dln verify stopped with exit code $status; its message is above" ;;
esac
