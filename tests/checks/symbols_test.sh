#!/bin/sh
# lib/ neither prints nor exits, and its pure layers read no clock: by the symbols that the built archives ask for.
#
# usage: symbols_test.sh BUILD_DIR
set -eu

prints='std::(cout|cerr|clog|wcout|wcerr|wclog)|std(out|err)|v?printf|__v?printf_chk|puts|putchar|perror|fmt::v[0-9]+::v?print\(.*'
ends='exit|_exit|_Exit|quick_exit|std::quick_exit'
clocks='std::chrono::_V2::(system|steady)_clock::now\(\)|clock_gettime|gettimeofday|time|md::now\(\)'

bad=0
seen=0
for archive in "$1"/lib/libmd_*.a; do
  [ -e "$archive" ] || continue
  seen=$((seen + 1))
  layer=$(basename "$archive" .a)
  layer=${layer#libmd_}
  forbidden="$prints|$ends"
  case $layer in model | codec | venue | book | dedupe) forbidden="$forbidden|$clocks" ;; esac
  # -A: each line begins with archive:member; the symbol stands behind " U ".
  found=$(nm -C -A --undefined-only "$archive" 2>/dev/null |
    sed -n 's/^[^:]*:\([^:]*\): *[Uw] \(.*\)$/\1 \2/p' | sed 's/@.*//' |
    grep -E "^[^ ]+ ($forbidden)\$" || :)
  [ -z "$found" ] || { bad=1; printf '%s\n' "$found" | sed "s/^/md_$layer: /"; }
done
[ "$seen" -gt 0 ] || { printf 'no archives in %s/lib\n' "$1"; exit 1; }
exit $bad
