#!/bin/sh
# Each header compiles alone: one with a source of its own name is what that source includes first, and the others are
# compiled, one by one (target headers_alone).
#
# usage: headers_test.sh SOURCE_DIR BUILD_DIR
set -eu

cd "$1"
bad=0
for header in lib/*/*.hpp tools/front/*.hpp; do
  source=${header%.hpp}.cpp
  [ -e "$source" ] || continue
  first=$(grep -m 1 '^#include' "$source" || :)
  if [ "$first" != "#include \"${header#*/}\"" ]; then
    printf '%s: its own header is to be included first, not: %s\n' "$source" "${first:-nothing}"
    bad=1
  fi
done
cmake --build "$2" --target headers_alone
exit "$bad"
