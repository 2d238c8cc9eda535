#!/usr/bin/env bash
# The man page of PROGRAM says of every subcommand what its --help says: manual.sh PROGRAM DLN.1
set -euo pipefail
program=$1 page=$2
fail() { echo "$*" >&2; exit 1; }
# As read: without roff's escapes and markup.
text=$(sed -e 's/\\f[BIR]//g; s/\\(aq/'"'"'/g; s/\\(ha/^/g; s/\\(ti/~/g; s/\\(ga/`/g; s/\\-/-/g; s/\\&//g; s/\\e/\\/g' "$page")

# Names and descriptions in --help, a line each.
subcommands() { "$program" "$@" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z-]*\) .*/\1/p'; }
described() { "$program" "$@" --help | sed -n '/^\(Options\|Positionals\):/,/^$/s/^  \(.\{2,\}\)$/\1/p'; }

check() {
  local section line word
  section=$(awk -v head=".SS \"dln $*" 'index($0, head) == 1 { on = 1 } on && /^\.S[SH]/ && index($0, head) != 1 { exit } on' <<<"$text")
  [ -n "$section" ] || fail "the page has no section of 'dln $*'"
  while read -r line; do
    word=${line%% *}
    [ "$word" = -h,--help ] && continue
    grep -qE -- "^$word( |\$)" <<<"$section" || fail "the page does not say what '$word' of 'dln $*' is"
    ((++words))
    # The description in full: what follows two blanks or more.
    [[ $line =~ \ \ +([^ ].*)$ ]] || continue
    grep -qF -- "${BASH_REMATCH[1]}" <<<"$section" || fail "the page says other than --help of '$word' of 'dln $*'"
    ((++described))
  done < <(described "$@")
}

words=0 described=0 commands=0
for command in $(subcommands); do
  ((++commands))
  check "$command"
  for part in $(subcommands "$command"); do check "$command" "$part"; done
done
((commands >= 14 && words >= 100 && described >= 100)) || fail "only $commands subcommands, $words words, $described descriptions were seen"
"$program" --help | sed -n '/^Examples:/,/^$/s/^  //p' | while read -r line; do
  grep -qF -- "$line" <<<"$text" || fail "the page lacks the example: $line"
done
! grep -nP '[^\x00-\x7F]' "$page" || fail "not ASCII"
if command -v groff >/dev/null; then
  warnings=$(groff -man -ww -Tascii "$page" 2>&1 >/dev/null)
  [ -z "$warnings" ] || fail "$warnings"
fi
