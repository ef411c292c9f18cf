#!/bin/sh
# clang-tidy on the sources that a change touches: those that differ from origin/main, or on main itself from the
# commit before. It takes seconds a file, so at most MD_TIDY_FILES (default 24) are read, and what is left out is named.
# MD_TIDY=all reads every file.
#
# usage: clang_tidy_test.sh SOURCE_DIR BUILD_DIR
set -eu

cd "$1"
build=$2
tidy=clang-tidy-14
command -v $tidy >/dev/null || { printf '%s is not installed\n' $tidy >&2; exit 77; }
[ -e "$build/compile_commands.json" ] || { printf 'no compile_commands.json in %s\n' "$build"; exit 1; }

if [ "${MD_TIDY:-}" = all ] || ! git rev-parse -q --verify HEAD~1 >/dev/null 2>&1; then
  changed=$(find lib tools -name '*.cpp')
else
  base=$(git merge-base origin/main HEAD 2>/dev/null || git rev-parse HEAD~1)
  if [ "$base" = "$(git rev-parse HEAD)" ]; then base=HEAD~1; fi
  # Sources that changed, and sources of the same name as a header that did.
  changed=$({
    git diff --name-only --diff-filter=d "$base" -- 'lib/*.cpp' 'tools/*.cpp'
    git ls-files --others --exclude-standard -- 'lib/*.cpp' 'tools/*.cpp'
    git diff --name-only --diff-filter=d "$base" -- 'lib/*.hpp' 'tools/*.hpp' | sed 's/\.hpp$/.cpp/'
  } | sort -u)
fi

files='' left='' count=0
limit=${MD_TIDY_FILES:-24}
[ "${MD_TIDY:-}" != all ] || limit=1000000
for file in $changed; do
  grep -qF "/$file\"" "$build/compile_commands.json" || continue
  if [ "$count" -lt "$limit" ]; then files="$files $file"; count=$((count + 1)); else left="$left $file"; fi
done
[ "$count" -gt 0 ] || { printf 'no source differs: nothing to read\n'; exit 0; }
[ -z "$left" ] || printf 'not read (MD_TIDY_FILES=%s):%s\n' "$limit" "$left"
printf 'read:%s\n' "$files"
# shellcheck disable=SC2086 # a list of words
printf '%s\n' $files | xargs -n 1 -P "$(nproc)" $tidy -p "$build" --quiet --warnings-as-errors='*' 2>/dev/null
