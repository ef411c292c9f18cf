#!/bin/sh
# Every C++ file stands as clang-format 14 lays it out.
#
# usage: clang_format_test.sh SOURCE_DIR
set -eu

cd "$1"
format=clang-format-14
command -v $format >/dev/null || { printf '%s is not installed\n' $format >&2; exit 77; }
find lib tools tests \( -name '*.cpp' -o -name '*.hpp' \) -print0 | xargs -0 $format --dry-run --Werror
