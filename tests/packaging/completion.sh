#!/usr/bin/env bash
# Bash completion as a user meets it: completion.sh PROGRAM COMPLETION SCRATCH
set -euo pipefail
program=$1 completion=$2 scratch=$3
failed=0
rm -rf "$scratch" && mkdir -p "$scratch/with space/bin" "$scratch/a folder"
ln -s "$program" "$scratch/with space/bin/dln"
PATH="$scratch/with space/bin:$PATH"
cd "$scratch"
touch 'my data.csv' mine.toml
source "$completion"

# What the words before the cursor are completed to, a candidate a line.
candidates() {
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
  _dln "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" || true
  ((${#COMPREPLY[@]} == 0)) || printf '%s\n' "${COMPREPLY[@]}"
}
# expect WANTED WORD...: exactly these lines.
expect() {
  local wanted=$1 got
  shift
  got=$(candidates "$@")
  [ "$got" = "$wanted" ] || { printf "'%s':\n%s\nin the place of:\n%s\n" "$*" "$got" "$wanted"; failed=1; }
}
lines() { "$program" list "$1" | cut -f1; }

expect $'pretrain' dln pre
expect $'data\ndelay\nderive\ndiff' dln d
expect '--version' dln --v
expect $'tree' dln data t
expect $'--effort' dln verify --e
expect $'quick\nstandard\nfull' dln verify --effort ''
expect 'full' dln verify --effort = f
expect "$(lines claims)" dln verify --claim ''
expect $'C12' dln verify --effort quick --claim X1 C12
expect 'C12,X11' dln verify --claim C12,X11
expect '--claim' dln verify --claim C12 --cl
expect "$(lines figures)" dln figure ''
expect '' dln figure 3l ''
expect "$(lines quantities)" dln eval ''
expect $'u0=\nuf=\ns=\ntau=' dln eval eq11.t ''
expect $'a0=' dln eval unequal.u a
expect $'n=' dln eval steps n
expect '' dln eval eq11.t u0 = ''
expect "$(lines experiments)" dln sweep --about ''
expect $'claims\nfigures\nquantities\nexperiments' dln list ''
expect $'my data.csv' dln analyze my
expect $'a folder' dln analyze 'my data.csv' --out 'a f'
expect $'mine.toml' dln check --seed 3 min
expect $'raw\ncentred\nwhite' dln analyze x.csv --inputs ''
expect $'raw\nunit-variance\nwhite' dln rate --scale ''
expect '' dln rate --layers ''
expect '' dln nonsense ''
[ "$(candidates dln analyze --start '' | sort | paste -sd,)" = "a folder,decoupled,mine.toml,my data.csv,orthogonal,pretrained,random,with space" ] || { echo "--start"; failed=1; }
[ "$(candidates 'no such program' figure 3 | head -1)" = "$(lines figures | grep ^3 | head -1)" ] || { echo "another name"; failed=1; }

# Every option that --help shows is offered, and files wherever it speaks of a file or folder to name.
subcommands() { dln "$@" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z-]*\) .*/\1/p'; }
seen=0 files=0
check() {
  local line word offered
  offered=" $(candidates dln "$@" - | paste -sd' ') "
  while read -r line; do
    word=${line%% *} word=${word#-h,}
    ((++seen))
    [[ $offered == *" $word "* ]] || { echo "dln $*: $word is not offered"; failed=1; }
    [[ $line =~ TEXT.*[Ff](ile|older) ]] || continue
    ((++files))
    candidates dln "$@" "$word" my | grep -qx 'my data.csv' || { echo "dln $* $word: files are not offered"; failed=1; }
  done < <(dln "$@" --help | sed -n '/^Options:/,/^$/s/^  \(-.*\)/\1/p')
}
for command in $(subcommands); do
  check "$command"
  for part in $(subcommands "$command"); do check "$command" "$part"; done
done
((seen >= 100 && files >= 25)) || { echo "only $seen options, $files of files were seen"; failed=1; }
exit $failed
