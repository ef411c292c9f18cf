#!/bin/sh
# The manual pages that belong to no program are clean mdoc, and md-venues(7) has one row per venue of lib/venue.
#
# usage: man_pages_test.sh SOURCE_DIR
set -eu

cd "$1"
command -v mandoc >/dev/null || { printf 'mandoc is not installed\n' >&2; exit 77; }
bad=0
mandoc -Tlint -W warning man/*.5 man/*.7 || bad=1
ids=$(sed -n 's/^.*\.id = "\([a-z0-9-]*\)".*$/\1/p' lib/venue/*.cpp | sort -u)
[ -n "$ids" ] || { printf 'no venue found in lib/venue: is the pattern of this test out of date?\n'; exit 1; }
for id in $ids; do
  grep -qx "\.It $id" man/md-venues.7 || { bad=1; printf 'md-venues.7: no row for %s\n' "$id"; }
done
exit $bad
