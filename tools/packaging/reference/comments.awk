# Shows Doxygen the house's plain comments: a block of `//` becomes `///`, a trailing `//` becomes `///<`, the block
# that opens a file documents the file, and indented lines, which hold formulas, stay as they are laid out.
# What Doxygen would take for a command or a link is written out: comments are text.
function text(comment) {
  gsub(/&/, "\\&amp;", comment)
  gsub(/</, "\\&lt;", comment)
  gsub(/>/, "\\&gt;", comment)
  gsub(/\\/, "&&", comment)
  gsub(/@/, "\\@", comment)
  gsub(/#/, "\\#", comment)
  gsub(/::/, "\\::", comment)
  return comment
}
function close_formulas() {
  if (formulas) print "/// </pre>"
  formulas = 0
}
NR == 1 && /^\/\// { print "/// \\file"; opening = 1 }
/^[ \t]*\/\// {
  match($0, /^[ \t]*\/\//)
  comment = substr($0, RLENGTH + 1)
  if (comment ~ /^   / && !formulas) {
    print "/// <pre>"
    formulas = 1
  } else if (comment !~ /^   / && comment != "") {
    close_formulas()
  }
  comment = text(comment)
  if (formulas) sub(/^ +[-+*] /, "\\&zwj;&", comment)  # no item of a list
  print "///" comment
  next
}
{ close_formulas() }
opening { opening = 0; print "" }
# A comment after code; not the // of a string such as "https://".
match($0, /[;,] +\/\/ /) {
  at = RSTART + RLENGTH - 3
  print substr($0, 1, at - 1) "///<" text(substr($0, at + 2))
  next
}
{ print }
