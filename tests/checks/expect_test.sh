#!/bin/sh
# The test of the test runner: cases that must pass, fail and skip do so.
#
# usage: expect_test.sh SOURCE_DIR
set -eu

source_dir=$1
scratch=$(mktemp -d "${TMPDIR:-/tmp}/md-expect.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/bin"
bad=0

# outcome WANTED SCRIPT [NAME TEXT]...: makes a case of SCRIPT with expectation files, runs it, compares the exit code.
outcome() {
  wanted=$1
  rm -f "$scratch"/case.*
  printf 'set -eu\n%s\n' "$2" >"$scratch/case.sh"
  about=$2
  shift 2
  while [ $# -gt 0 ]; do
    # shellcheck disable=SC2059 # the text is the format: it has \n
    printf "$2" >"$scratch/case.$1"
    shift 2
  done
  code=0
  MD_TEST_SECONDS=2 "$source_dir/tests/e2e/run" --bin "$scratch/bin" "$scratch/case.sh" >"$scratch/said" 2>&1 || code=$?
  [ "$code" = "$wanted" ] || { bad=1; printf '%s: %s, not %s\n' "$about" "$code" "$wanted"; cat "$scratch/said"; }
}

outcome 0 ':'
outcome 1 'echo x'
outcome 1 'echo x >&2'
outcome 1 'exit 3'
outcome 0 'exit 3' exit '3\n'
outcome 1 ':' exit '3\n'
outcome 0 'echo x' stdout.exact 'x\n'
outcome 1 'printf x' stdout.exact 'x\n'
outcome 0 'echo x >&2' stderr.exact 'x\n'
outcome 0 'printf "a\nb 12 [x]\n"' stdout.glob 'a\nb * [[]x]\n'
outcome 1 'printf "a\nb\n"' stdout.glob 'a\n'
outcome 1 'printf "a\n"' stdout.glob 'a\nb\n'
outcome 0 'printf "a\nx\ny\nb\n"' stdout.glob 'a\n...\nb\n'
outcome 0 'printf "a\nb\n"' stdout.glob 'a\n...\nb\n'
outcome 1 'printf "a\nx\n"' stdout.glob 'a\n...\nb\n'
outcome 1 'printf "a.b\n"' stdout.glob 'axb\n'
outcome 0 'printf "a.b(c)+\n"' stdout.glob 'a.b(c)+\n'
outcome 77 'echo no such thing >&2; exit 77'
outcome 1 'sleep 60'
outcome 0 'sleep 60 & echo "$!" >"'"$scratch"'/pid"'
if kill -0 "$(cat "$scratch/pid")" 2>/dev/null && [ "$(ps -o stat= -p "$(cat "$scratch/pid")" | cut -c1)" != Z ]; then
  bad=1
  printf 'a process that a case left behind still runs\n'
fi
[ "$bad" != 0 ] || { "$source_dir/tests/e2e/run" --rewrite --bin "$scratch/bin" "$scratch/case.sh" && outcome 0 ':'; }

# The golden runner, with a program that copies its input: the case passes as it is and fails with any other expectation.
# shellcheck disable=SC2016 # for the program
printf '#!/bin/sh\nexec cat "$@"\n' >"$scratch/bin/mdnorm"
chmod +x "$scratch/bin/mdnorm"
golden() {
  code=0
  "$source_dir/tests/golden/run" --bin "$scratch/bin" "$scratch/case.raw.ndjson" >"$scratch/said" 2>&1 || code=$?
  [ "$code" = "$1" ] || { bad=1; printf 'golden, %s: %s, not %s\n' "$2" "$code" "$1"; cat "$scratch/said"; }
}
rm -f "$scratch"/case.*
printf 'a\n' >"$scratch/case.raw.ndjson"
printf 'a\n' >"$scratch/case.events.ndjson"
golden 0 'as expected'
printf 'b\n' >"$scratch/case.events.ndjson"
golden 1 'another line'
printf 'a\nb\n' >"$scratch/case.events.ndjson"
golden 1 'a line less'
printf 'a\n' >"$scratch/case.events.ndjson"
printf '3\n' >"$scratch/case.exit"
golden 1 'another exit'
exit $bad
