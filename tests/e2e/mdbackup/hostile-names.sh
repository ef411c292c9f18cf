# Names that would leave their folder, end a statement, break a line or a file system: through lake, database, archives of
# both, and back, unchanged; and no file where it does not belong.
set -eu
# shellcheck source=tests/e2e/mdbackup/database.inc
. "$MD_TESTS/mdbackup/database.inc"

long=$(head -c 300 /dev/zero | tr '\0' 'L')
jq -n -c --arg long "$long" '["../../x'"'"'; drop table t; --", "line\nbreak\r\n", $long, "비트코인", "/etc/passwd", "%2E%2E"]
  | .[] | {type: "trade", symbol: ., exchange: "x", id: ., price: 1, amount: 2, side: "buy",
      timestamp: "2025-11-02T00:00:00.000000Z", localTimestamp: "2025-11-02T00:00:00.000000Z"}' >names.ndjson
mkdir in
cp names.ndjson in/
(cd in && mddedupe --lake lake names.ndjson)
find in/lake -name 'date=*' | sort >files
wc -l <files

mdload --init --dsn "$one"
mdload --dsn "$one" in/lake
mkdir out
mdbackup export --lake in/lake --month 2025-11 -o out/lake.tar
mdbackup export --dsn "$one" --month 2025-11 -j 2 -o out/database.tar
mdbackup verify --against "$one" out/lake.tar out/database.tar
mdbackup restore --dsn "$two" out/database.tar out/lake.tar
mdbackup list --json out/lake.tar | jq -c '[.members[].symbol] | sort' >listed
jq -s -c '[.[].symbol] | sort' names.ndjson | cmp - listed

symbols() { psql -qXAt "$1" -c "SELECT json_agg(symbol ORDER BY symbol) FROM md.trades" | jq -S -c .; }
symbols "$one" >a
symbols "$two" | cmp - a
jq -s -S -c '[.[].symbol] | sort' names.ndjson | cmp - a
psql -qXAt "$two" -c 'SELECT count(*) FROM md.trades WHERE id = symbol'

# Unpacked by tar, all stays below the folder.
mkdir unpacked
tar xf out/lake.tar -C unpacked
find unpacked -type f | wc -l
find . -newer names.ndjson -type f ! -path './in/*' ! -path './unpacked/*' ! -path './pg/*' | sort
