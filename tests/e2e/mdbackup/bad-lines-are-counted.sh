# A lake with a damaged line: the good ones are archived, the exit code and the manifest tell.
set -eu

mkdir -p 'lake/exchange=x/type=trade/symbol=A'
trade() {
  printf '{"type":"trade","symbol":"A","exchange":"x","id":"%s","price":1,"amount":2,"side":"buy",' "$1"
  printf '"timestamp":"2024-02-29T23:59:59.999999Z","localTimestamp":"2024-03-01T00:00:00.000000Z"}\n'
}
{
  trade 1
  echo 'not JSON'
  trade 2
} >'lake/exchange=x/type=trade/symbol=A/date=2024-02-29.ndjson'

status=0
mdbackup export --lake lake --month 2024-02 --rejects rejected || status=$?
echo "exit $status"
cat rejected
mdbackup list 2024-02.tar
mdbackup export --strict --lake lake --month 2024-02 -o strict.tar || echo "strict: exit $?"
ls ./*.tar
