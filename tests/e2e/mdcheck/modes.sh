# What is asked must fit together; a database that is away, empty or unreadable has its exit code.
set -eu
try() {
  code=0
  mdcheck "$@" >out 2>err || code=$?
  printf '%s: exit %s\n' "$*" "$code"
  cat out
  sed 's/"[^"]*"/SOCKET/g' err
}
echo '{"type":"trade","symbol":"A","exchange":"x","price":1,"amount":1,"side":"buy","timestamp":"2026-11-20T00:00:00.000000Z","localTimestamp":"2026-11-20T00:00:00.000000Z"}' >file
mkdir lake
PGHOST=$PWD
PGCONNECT_TIMEOUT=2
export PGHOST PGCONNECT_TIMEOUT
for mode in --latest --stats --against=lake; do
  for other in --latest --stats --silence=3; do [ "$mode" = "$other" ] || try "$mode" "$other"; done
done
try --stale 3 file
try --latest --stale -3 file
try --dsn '' file
try --against lake file
try --from 2026-11-20 file
try --latest --to 2026-11-20 --dsn ''
try --dsn '' --from yesterday
try --dsn '' --from 2026-11-21 --to 2026-11-20
try --against lake --to 2026-11-20T00:00:01Z
try --dsn 'no=such=thing secret'
try --latest --stale 0 nothing
try --against nothing
