#!/bin/sh
# A program's manual page and its --help say the same: options and their arguments, usage, exit codes; and the page is
# clean mdoc with the sections in our order.
#
# usage: man_test.sh SOURCE_DIR BIN_DIR TOOL
set -eu

page=$1/man/$3.1
tool=$3
command -v mandoc >/dev/null || { printf 'mandoc is not installed\n' >&2; exit 77; }
[ -e "$page" ] || { printf 'no page %s\n' "$page"; exit 1; }

scratch=$(mktemp -d "${TMPDIR:-/tmp}/md-man.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
bad=0
complain() { bad=1; printf '%s.1: %s\n' "$tool" "$*"; }
same() { # WHAT FILE FILE
  cmp -s "$2" "$3" || { complain "$1 differ (< only in --help, > only in the page):"; diff "$2" "$3" | grep '^[<>]' || :; }
}

mandoc -Tlint -W warning "$page" || complain 'mandoc complains'
"$2/$tool" --help >"$scratch/help"

# "  -q, --quiet", "      --window N": what stands before the description, which is two spaces away.
sed -n 's/^  \(-[A-Za-z], \|    \)\(--[a-z]\)/\1\2/p' "$scratch/help" |
  sed 's/^    //; s/   *.*$//' | sort -u >"$scratch/help.options"
# ".It Fl q , Fl -quiet", ".It Fl -window Ar N"
sed -n 's/^\.It \(Fl .*\)$/\1/p' "$page" | sed 's/ Ar / /g; s/Fl /-/g; s/ ,/,/g' | sort -u >"$scratch/page.options"
same 'options' "$scratch/help.options" "$scratch/page.options"

# The usage lines as SYNOPSIS shows them, on one line each.
sed -n 's/^usage: //p; s/^       \('"$tool"' \)/\1/p' "$scratch/help" >"$scratch/help.usage"
mandoc -Tascii -O width=1000 "$page" | sed "s/.$(printf '\b')//g" |
  sed -n '/^SYNOPSIS/,/^DESCRIPTION/p' | sed -n 's/^ *\('"$tool"'.*\)$/\1/p' | tr -s ' ' >"$scratch/page.usage"
same 'usage and SYNOPSIS' "$scratch/help.usage" "$scratch/page.usage"

# Exit codes: those every program can end with, in EXIT STATUS as ".It 64" and so on; no others than we have.
sed -n '/^\.Sh EXIT STATUS/,/^\.Sh /s/^\.It \([0-9][0-9]*\).*/\1/p' \
  "$page" | sort -un >"$scratch/codes"
for code in 0 64 70 74 78; do
  grep -qx "$code" "$scratch/codes" || complain "EXIT STATUS does not list $code"
done
while read -r code; do
  case $code in 0 | 1 | 64 | 65 | 66 | 69 | 70 | 73 | 74 | 75 | 76 | 77 | 78) ;; *) complain "no such exit code: $code" ;; esac
done <"$scratch/codes"

# Sections in our order.
sed -n 's/^\.Sh //p' "$page" >"$scratch/sections"
for section in NAME SYNOPSIS DESCRIPTION OPTIONS 'EXIT STATUS' EXAMPLES 'SEE ALSO'; do
  grep -qxF "$section" "$scratch/sections" || complain "no section $section"
done
printf '%s\n' NAME SYNOPSIS DESCRIPTION OPTIONS ENVIRONMENT FILES 'EXIT STATUS' EXAMPLES 'SEE ALSO' >"$scratch/order"
grep -xFf "$scratch/order" "$scratch/sections" >"$scratch/ours" || :
grep -xFf "$scratch/sections" "$scratch/order" >"$scratch/theirs" || :
same 'order of sections' "$scratch/theirs" "$scratch/ours"
exit $bad
