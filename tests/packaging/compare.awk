# Compares a program's output with what is expected of it: awk -f compare.awk EXPECTED OUTPUT. Lines and words are the
# same; numbers agree within the relative tolerance of the last line "# relative TOLERANCE: reason" above them.
function is_number(word) { return word ~ /^[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?$/ }
function size(x) { return x < 0 ? -x : x }
function refuse(what) { print FILENAME ":" FNR ": " what; failed = 1 }
FNR == NR && /^# relative / { tolerance = $3 + 0; next }
FNR == NR { line[++expected] = $0; within[expected] = tolerance; next }
{
  ++seen
  words = split(line[seen], want)
  if (seen > expected || words != NF) { refuse("'" $0 "' in the place of '" line[seen] "'"); next }
  for (i = 1; i <= NF; ++i) {
    if (is_number(want[i]) && is_number($i)) {
      if (size(want[i] - $i) > within[seen] * size(want[i])) refuse($i " in the place of " want[i])
    } else if (want[i] "" != $i "") {
      refuse("'" $i "' in the place of '" want[i] "'")
    }
  }
}
END {
  if (seen != expected) { print seen + 0 " lines in the place of " expected; failed = 1 }
  exit failed
}
