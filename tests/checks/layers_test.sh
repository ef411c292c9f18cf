#!/bin/sh
# The layers of lib/ are what lib/CMakeLists.txt says: each layer includes only what its USES names, nobody outside
# tools/ includes tools/, and every directory of lib/ stands in the table.
#
# usage: layers_test.sh SOURCE_DIR
set -eu

cd "$1"
# shellcheck disable=SC2046 # file names here have no spaces
awk '
  function fail(text) { print text; bad = 1 }
  FILENAME == "lib/CMakeLists.txt" {
    if ($0 !~ /^md_library\(/) next
    gsub(/[()]/, " ")
    layer = $2
    known[layer] = 1
    allowed[layer, layer] = 1
    in_uses = 0
    for (i = 3; i <= NF; i++) {
      if ($i == "USES") { in_uses = 1; continue }
      if ($i == "EXTERNAL") in_uses = 0
      if (!in_uses) continue
      if (!($i in known)) fail("lib/CMakeLists.txt: " layer " uses " $i ", which is not below it")
      allowed[layer, $i] = 1
    }
    next
  }
  FNR == 1 {
    split(FILENAME, part, "/")
    own = part[2]
    if (!(own in known)) fail(FILENAME ": layer " own " is not in lib/CMakeLists.txt")
    files++
  }
  /^[ \t]*#[ \t]*include[ \t]*"/ {
    header = $0
    sub(/^[^"]*"/, "", header)
    sub(/".*/, "", header)
    includes++
    where = FILENAME ":" FNR ": "
    if (index(header, "..")) fail(where "a path that goes up: " header)
    slash = index(header, "/")
    target = substr(header, 1, slash - 1)
    if (slash == 0) fail(where "not from the root of lib/: " header)
    else if (!(target in known)) fail(where "not a layer of lib/: " header)
    else if (!((own, target) in allowed)) fail(where own " may not use " target ": " header)
  }
  END {
    if (!files || !includes) fail("nothing was read: is the table or the pattern of this test out of date?")
    exit bad
  }' lib/CMakeLists.txt $(find lib -name '*.hpp' -o -name '*.cpp' | sort)
