# What keeps a night from being done is said, each with its exit code.
set -eu
MD_CONF=/nonexistent MD_SPOOL=spool MD_LAKE=lake MD_ARCHIVE=archive MD_REPORTS=reports MD_STATE=state MD_LOCK=lock
export MD_CONF MD_SPOOL MD_LAKE MD_ARCHIVE MD_REPORTS MD_STATE MD_LOCK
try() {
  code=0
  "$MD_SOURCE/scripts/md-nightly" "$@" >mail || code=$?
  sed "s,$PWD,DIR,g" mail
  echo "$code"
}
try 2024-01-31 2024-02-01
try 2024-02-30
try --replace
try 2024-01-31
MD_JOBS=many try 2024-01-31
mkdir spool
try 2024-01-31
# No host to collect from: said in the mail, and the others are done.
echo 'a a.example.org' >hosts
MD_HOSTS=hosts try 2024-01-31
# While another one works.
mkfifo ready
flock lock sh -c 'echo >ready; exec sleep 60' &
read -r _ <ready
try 2024-01-31
