# A destroyed cluster comes back as it was at a second; then its repository, as that of a live cluster, is drilled with:
# nothing in it changes, and damage is told.
set -eu
for tool in psql pgbackrest jq; do command -v $tool >/dev/null || { echo "$tool is not installed" >&2; exit 77; }; done
for tool in mdsim mdnorm mdload; do command -v $tool >/dev/null || { echo "$tool is not built" >&2; exit 77; }; done
drill=$MD_SOURCE/scripts/md-pitr-drill

"$drill" drill >said
sed '/^md\./d; s/^ *[0-9]*\.[0-9][0-9] s  //; s/^restored it to .*/restored it/; s/^all rows of .* are/all rows are/' said
awk '/^md\./ { ++tables; if ($NF != "yes") print } END { if (tables < 9) print "only", tables, "tables" }' said
# Counted by other means than the database's.
second=$(cat drill/batch0.ndjson drill/batch1.ndjson | grep -c '"type":"trade"')
later=$(cat drill/batch?.ndjson | grep -c '"type":"trade"')
grep -qE "^md.trade +$second +$later +$second +$later +yes$" said && echo 'trades as in the files'

state() { find drill/repository drill/cluster -type f -exec cksum {} + | sort; }
state >before
code=0
TMPDIR=$PWD "$drill" --stanza drill --config drill/pgbackrest.conf --user md --set "cluster_name=a copy's" -- \
  psql -X -A -t -c "SELECT count(*), current_setting('archive_mode'), current_setting('cluster_name') FROM md.load" \
  >said || code=$?
echo "exit $code"
sed -n "/md.load/s/  */ /gp; /|off|/p" said 
state | cmp - before && echo 'repository and cluster untouched'
ls

# Two bytes of a file are others. A second try would come after 15 seconds.
file=$(find drill/repository/backup -name '*.zst' -size +8k | sort | head -n 1)
printf '\377\377' | dd of="$file" bs=1 seek=4096 conv=notrunc 2>dd.log
code=0
PGBACKREST_JOB_RETRY=0 "$drill" --stanza drill --config drill/pgbackrest.conf --user md damaged >said || code=$?
echo "exit $code"
"$MD_SOURCE/scripts/pg-local" status drill/cluster || echo "status $?"
