# The first column of what `dln list` knows of $1; $program is the dln that is being completed.
_dln_list() {
  "$program" list "$1" 2>/dev/null | cut -f1
}

# The parameters of quantity $1, each as `name=`.
_dln_parameters() {
  local name parameters rest parameter
  "$program" list quantities 2>/dev/null | while IFS=$'\t' read -r name parameters rest; do
    [[ $name == "$1" ]] || continue
    for parameter in $parameters; do
      parameter=${parameter%%|*}
      echo "${parameter%%\[*}="
    done
  done
}

# Adds to COMPREPLY what $current may become, given the words and @names of $1.
_dln_offer() {
  local word candidates=()
  for word in $1; do
    case $word in
      +) ;;
      @files) compopt -o filenames 2>/dev/null
              mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current") ;;
      @derivations) mapfile -t -O "${#candidates[@]}" candidates < <("$program" derive --list 2>/dev/null | cut -f1) ;;
      @parameters) compopt -o nospace 2>/dev/null
                   mapfile -t -O "${#candidates[@]}" candidates < <(_dln_parameters "${positionals[0]}") ;;
      @*) mapfile -t -O "${#candidates[@]}" candidates < <(_dln_list "${word#@}") ;;
      *) candidates+=("$word") ;;
    esac
  done
  # A list such as C12,X1 is completed after its last comma.
  local before=${current%"${current##*,}"}
  for word in "${candidates[@]}"; do
    [[ $before$word == "$current"* ]] && COMPREPLY+=("$before$word")
  done
}

_dln() {
  local program=$1 current=${COMP_WORDS[COMP_CWORD]} command= waiting= kind= word position
  local positionals=() expected=()
  type -t -- "$program" >/dev/null || program=dln
  COMPREPLY=()
  # Bash parts --out=x and u0=1 at the equals sign.
  [[ $current == = ]] && current=
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ $word == -* ]]; then
      waiting=
      kind=$(_dln_values "$command $word") && waiting=$word
    elif [[ $word == = ]]; then
      :
    elif [[ -n $waiting ]]; then
      [[ $kind == +* ]] || waiting=
    elif [[ " $(_dln_subcommands "$command") " == *" $word "* ]]; then
      command=${command:+$command }$word
    else
      [[ -n $(_dln_subcommands "$command") ]] && return  # no subcommand: nothing to say
      positionals+=("$word")
    fi
  done
  if [[ $current == -* ]]; then
    _dln_offer "$(_dln_options "$command")"
  elif [[ -n $waiting ]]; then
    _dln_offer "$kind"
  elif [[ -n $(_dln_subcommands "$command") ]]; then
    _dln_offer "$(_dln_subcommands "$command")"
  elif [[ ${COMP_WORDS[COMP_CWORD]} != = && ${COMP_WORDS[COMP_CWORD-1]} != = ]]; then
    read -ra expected < <(_dln_positionals "$command")
    ((${#expected[@]})) || return
    position=${#positionals[@]}
    if ((position >= ${#expected[@]})); then
      position=$((${#expected[@]} - 1))
      [[ ${expected[position]} == *+ ]] || return
    fi
    _dln_offer "$(_dln_values "$command ${expected[position]%+}")"
  fi
}
complete -F _dln dln
