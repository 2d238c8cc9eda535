#!/usr/bin/env bash
# The API reference is made without a warning and says what the headers say: reference.sh DOXYGEN DOXYFILE HTML
set -euo pipefail
doxygen=$1 doxyfile=$2 html=$3
fail() { echo "$*" >&2; exit 1; }
rm -rf "$html"
output=$("$doxygen" "$doxyfile" 2>&1) || fail "$output"
[ -z "$output" ] || fail "$output"
# Formulas, on the main page in LaTeX.
for formula in '\\Sigma^{31} - W^{32} W^{21} \\Sigma^{11}' '\\tau \\frac{du}{dt} = 2u' 'N_l\\, u^2 (s - u)'; do
  grep -q -- "$formula" "$html/index.html" || fail "the main page lacks $formula"
done
# Plain comments: of a file (indented formulas laid out as they were), of a function, after a member.
page=$html/three__layer__mode_8hpp.html
grep -q 'one mode of a three-layer network with equal layer strengths' "$page" || fail "the comment that opens a file is lost"
grep -q "^  tau u' = 2 u (s - u)  *Eq 10" "$page" || fail "indented formulas are not as they were"
grep -rq 'U^T w V : r x r, the end-to-end map' "$html/singular__modes_8hpp.html" || fail "the comment of a function is lost"
grep -q 'updates done; on divergence' "$html/structdln_1_1network_1_1DescentResult.html" || fail "the comment after a member is lost"
