# A row belongs to the day its timestamp says: one that lies in the file of the next month's first day is archived.
set -eu

mkdir -p 'lake/exchange=x/type=trade/symbol=A'
printf '%s\n' '{"type":"trade","symbol":"A","exchange":"x","id":"1","price":1,"amount":2,"side":"buy","timestamp":"2024-12-31T23:59:59.999999Z","localTimestamp":"2025-01-01T00:00:00.000001Z"}' \
  '{"type":"trade","symbol":"A","exchange":"x","id":"2","price":1,"amount":2,"side":"buy","timestamp":"2025-01-01T00:00:00.000000Z","localTimestamp":"2025-01-01T00:00:00.000001Z"}' \
  >'lake/exchange=x/type=trade/symbol=A/date=2025-01-01.ndjson'
mdbackup export --lake lake --month 2024-12
tar xOf 2024-12.tar trades/x/A.csv.zst | zstd -dc
