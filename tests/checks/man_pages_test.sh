#!/bin/sh
# The manual pages that belong to no compiled program are clean mdoc; those of scripts have the options of their --help.
#
# usage: man_pages_test.sh SOURCE_DIR
set -eu

cd "$1"
scratch=$(mktemp -d "${TMPDIR:-/tmp}/md-man-pages.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
command -v mandoc >/dev/null || { printf 'mandoc is not installed\n' >&2; exit 77; }
mandoc -Tlint -W warning man/*.[578]
bad=0
for page in man/*.8; do
  script=$(basename "$page" .8)
  scripts/"$script" --help | sed -n 's/^ *\(-[^ ].*\)/\1/p' | sed 's/   *.*$//' | sort >"$scratch/help"
  sed -n 's/^\.It \(Fl .*\)$/\1/p' "$page" | sed 's/ Ar / /g; s/Fl /-/g; s/ ,/,/g' | sort >"$scratch/page"
  diff "$scratch/help" "$scratch/page" || { printf '%s: not the options of --help (<)\n' "$page"; bad=1; }
done
exit $bad
