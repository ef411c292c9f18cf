# pgkill [ROUNDS]: the server killed with SIGKILL at random moments of loads: files, several at once, and a source. The
# suite's part is tests/e2e/mdload/server.sh.
set -eu
# shellcheck source=tests/e2e/mdload/database.inc
. "$MD_SOURCE/tests/e2e/mdload/database.inc"
rounds=${1:-50}
broken() { echo "broken: $*" | tee -a broken.txt; }
: >broken.txt
mdload --init --dsn "$dsn"
: >feed
: >waits
: >hit
for round in $(seq "$rounds"); do
  day=$(date -u -d "2026-01-01 + $round days" +%F)
  before=$(date -u -d "2026-01-01 + $((round - 1)) days" +%F)
  for symbol in A B C; do
    lake=lake/exchange=binance/type=trade/symbol=$symbol
    mkdir -p "$lake"
    trades 4000 "$day" "$symbol" >"$lake/date=$day.ndjson"
  done
  lake=lake/exchange=binance/type=liquidation/symbol=A
  mkdir -p "$lake" late
  trades 2000 "$day" A | sed 's/"type":"trade"/"type":"liquidation"/' >"$lake/date=$day.ndjson"
  # Late rows of a day that is attached, and of one that is new; and the feed has grown.
  { trades 300 "$before" A; trades 300 "$day" B; } >"late/$day.ndjson"
  trades 1000 "$day" FEED >>feed
  begun=$(date +%s%N)
  find lake late -name "*$day.ndjson" -exec mdload --dsn "$dsn" --retries 30 -j 2 {} + 2>said.files &
  files=$!
  mdload --dsn "$dsn" --retries 30 --source running <feed 2>said.source &
  source=$!
  # 0 to 0.4 s: at any point of connecting, COPY, commit, index, attach.
  sleep "$(od -An -N2 -tu2 /dev/urandom | awk '{ print $1 / 163840 }')"
  # With both done there would be nothing to kill.
  if kill -s 0 $files 2>/dev/null || kill -s 0 $source 2>/dev/null; then echo "$round" >>hit; fi
  kill_server
  wait $files || broken "round $round: files: $? $(cat said.files)"
  wait $source || broken "round $round: source: $? $(cat said.source)"
  [ ! -s said.files ] || broken "round $round: files: $(cat said.files)"
  [ ! -s said.source ] || broken "round $round: source: $(cat said.source)"
  echo $((($(date +%s%N) - begun) / 1000000)) >>waits
  [ $((round % 10)) != 0 ] || echo "round $round"
done

# Each line of the files once, and nothing else: count, exact sums, and the lines' numbers.
for type in trade liquidation; do
  find lake late -name '*.ndjson' -exec cat {} + | cat - feed | grep "\"type\":\"$type\"" |
    sed 's/.*"symbol":"\([^"]*\)".*"price":\([0-9]*\)\.\([0-9]\),"amount":0\.00000000\([0-9]*\),.*/\1 \2\3 \4/' |
    awk '{ count[$1]++; price[$1] += $2; amount[$1] += $3 }
      END { for (s in count) printf "%s|%d|%.0f|%.0f\n", s, count[s], price[s], amount[s] }' | sort >said.truth
  sql "SELECT symbol, count(*), (sum(price) * 10)::bigint, (sum(amount) * 100000000000)::bigint
       FROM md.$type JOIN md.instrument i ON i.id = instrument_id GROUP BY 1 ORDER BY 1" >said.database
  sed "s/^/  $type /" said.database
  cmp -s said.truth said.database || broken "$type: the files have $(cat said.truth)"
done
files=$(find lake late -name '*.ndjson' | wc -l)
[ "$(sql "SELECT count(*) FROM md.load WHERE name <> 'source:running' AND replaced_by IS NULL")" = "$files" ] ||
  broken "the ledger does not have $files files"
[ "$(sql 'SELECT lines FROM md.source')" = "$(wc -l <feed)" ] || broken 'the source does not have all lines'
sql "SELECT l.name, l.rows, count(r.line), count(DISTINCT r.line) FROM md.load l
     LEFT JOIN (SELECT load_id, line FROM md.trade UNION ALL SELECT load_id, line FROM md.liquidation) r ON r.load_id = l.id
     GROUP BY l.id HAVING l.rows <> count(r.line) OR l.rows <> count(DISTINCT r.line)" >odd
[ ! -s odd ] || broken "loads whose rows are not there once each: $(cat odd)"
[ "$(sql "SELECT count(*) FROM pg_constraint WHERE conname = 'md_fresh'")" = 0 ] || broken 'days are not attached'
printf 'kills %d, %d while something was loaded; files %d, lines %d\n' "$rounds" "$(wc -l <hit)" "$files" \
  "$(find lake late -name '*.ndjson' -exec cat {} + | cat - feed | wc -l)"
sort -n waits | awk '{ ms[NR] = $1 } END { printf "a round, server away and back included: median %d ms, longest %d ms\n",
  ms[int((NR + 1) / 2)], ms[NR] }'
[ ! -s broken.txt ]
