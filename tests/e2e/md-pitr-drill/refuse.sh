# What cannot be drilled is said, with the exit code of each kind.
set -eu
drill=$MD_SOURCE/scripts/md-pitr-drill
for tool in psql pgbackrest jq; do command -v $tool >/dev/null || { echo "$tool is not installed" >&2; exit 77; }; done
for tool in mdsim mdnorm mdload; do command -v $tool >/dev/null || { echo "$tool is not built" >&2; exit 77; }; done
try() {
  code=0
  "$drill" "$@" || code=$?
  echo "$code"
}
try --to 2026-11-20
try one two
try --stanza main --set 'Bad Name=1'
try --stanza main --to "2026
"
mkdir full
touch full/file
try full
try "it's"
printf '[global]\nrepo1-path=%s/repository\n[main]\npg1-path=%s/data\n' "$PWD" "$PWD" >conf
try --stanza main --config conf empty
PATH=/usr/bin:/bin try
