#!/bin/sh
# Every shell script is POSIX sh and clean under shellcheck(1): what begins with "#!/bin/sh", and all cases of tests/e2e.
#
# usage: shellcheck_test.sh SOURCE_DIR
set -eu

cd "$1"
command -v shellcheck >/dev/null || { printf 'shellcheck is not installed\n' >&2; exit 77; }
bad=0
if grep -rlE '^#!.*(bash|zsh|ksh)' scripts cron tests .ci; then
  printf 'not POSIX sh (above)\n'
  bad=1
fi
grep -rlE '^#!/bin/sh' scripts cron tests .ci | sort | xargs shellcheck -x || bad=1
# SC2012: what `ls` lists in a case has names that the case chose.
find tests -name '*.sh' | sort | xargs shellcheck -s sh -x -P .:tests/e2e -e SC2012 || bad=1
exit $bad
