#!/bin/sh
# The manual pages that belong to no program are clean mdoc.
#
# usage: man_pages_test.sh SOURCE_DIR
set -eu

cd "$1"
command -v mandoc >/dev/null || { printf 'mandoc is not installed\n' >&2; exit 77; }
mandoc -Tlint -W warning man/*.5 man/*.7 man/*.8
