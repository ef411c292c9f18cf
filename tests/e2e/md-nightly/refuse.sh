# What keeps a night from being done is said, each with its exit code.
set -eu
MD_CONF=/nonexistent MD_SPOOL=spool MD_LAKE=lake MD_ARCHIVE=archive MD_REPORTS=reports MD_LOCK=lock
export MD_CONF MD_SPOOL MD_LAKE MD_ARCHIVE MD_REPORTS MD_LOCK
try() {
  code=0
  "$MD_SOURCE/scripts/md-nightly" "$@" || code=$?
  echo "$code"
}
try 2024-01-31 2024-02-01
try 2024-02-30
try 2024-01-31
mkdir spool
try 2024-01-31
# While another one works.
mkfifo ready
flock lock sh -c 'echo >ready; exec sleep 60' &
read -r _ <ready
try 2024-01-31
