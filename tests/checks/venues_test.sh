#!/bin/sh
# Every venue of the registry has what belongs to it: a file (its own, or one that it shares), a golden case with its
# sources, a row in md-venues(7).
#
# usage: venues_test.sh SOURCE_DIR
set -eu

cd "$1"
bad=0
complain() { bad=1; printf '%s: %s\n' "$id" "$*"; }
names=$(sed -n 's/^MD_VENUE(\([a-z0-9_]*\))$/\1/p' lib/venue/registry.def)
[ -n "$names" ] || { printf 'no venue in lib/venue/registry.def: is the pattern of this test out of date?\n'; exit 1; }
for name in $names; do
  id=$(printf '%s' "$name" | tr _ -)
  grep -qE "^const Venue $name\b" lib/venue/*.cpp || complain "no file in lib/venue that defines $name"
  ls "tests/golden/$id/"*.raw.ndjson >/dev/null 2>&1 || complain "no case in tests/golden/$id"
  [ -s "tests/golden/$id/SOURCES.md" ] || complain "no tests/golden/$id/SOURCES.md"
  grep -qx "\.It $id" man/md-venues.7 || complain 'no entry in man/md-venues.7'
  grep -q "^\.It $id Ta " man/md-venues.7 || complain 'no row in the table of man/md-venues.7'
done
for directory in tests/golden/*/; do
  [ -d "$directory" ] || continue
  id=$(basename "$directory")
  grep -qx "MD_VENUE($(printf '%s' "$id" | tr - _))" lib/venue/registry.def || complain 'golden cases, but not in the registry'
done
exit $bad
