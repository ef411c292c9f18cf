# A recorder that was away for an hour: killed, so that it could not say so, or stopped in good order; which hours of which
# recorder that were can be read from the JSON report.
set -eu
second() { printf '%02d:%02d:%02d' $(($1 / 3600)) $(($1 / 60 % 60)) $(($1 % 60)); }
line() { printf '"timestamp":"2026-11-20T%s.000000Z","localTimestamp":"2026-11-20T%s.000000Z"}\n' "$1" "$1"; }
trades() { # FROM TO: a trade every 20 s, a quote every 30 s
  awk -v from="$1" -v to="$2" '
    function tail(s) { s = sprintf("2026-11-20T%02d:%02d:%02d.000000Z", s / 3600, s / 60 % 60, s % 60); return "\"timestamp\":\"" s "\",\"localTimestamp\":\"" s "\"}" }
    BEGIN { for (s = from; s < to; s += 10) {
      if (s % 20 == 0) printf "{\"type\":\"trade\",\"symbol\":\"X\",\"exchange\":\"kraken\",\"id\":\"%d\",\"price\":1,\"amount\":1,\"side\":\"buy\",%s\n", s / 20, tail(s)
      if (s % 30 == 0) printf "{\"type\":\"book_ticker\",\"symbol\":\"Y\",\"exchange\":\"kraken\",\"bidPrice\":1,%s\n", tail(s) } }'
}
note() { # TYPE SECOND SYMBOL
  printf '{"type":"%s","exchange":"kraken","symbols":["%s"],"localTimestamp":"2026-11-20T%s.000000Z"}\n' "$1" "$3" "$(second "$2")"
}
# A connection for each symbol.
connect() { note connect "$1" X; note connect $(($1 + 1)) Y; }
file() { mkdir -p "spool/$1/kraken"; zstd -q >"spool/$1/kraken/2026-11-20T$2Z.ndjson.zst"; }

{ connect 36000; trades 36000 57600; } | file whole 100000
# Killed at 12:30, back at 13:30:05; and for half a minute at 14:00, where it is back before anybody would miss it.
{ connect 36000; trades 36000 45000; } | file killed 100000
{ connect 48605; trades 48610 50400; } | file killed 133005
{ connect 50430; trades 50440 57600; } | file killed 140030
# Stopped in good order; at 15:00 one connection is replaced, while the other gives what it has.
{ connect 36000; trades 36000 45000; note disconnect 45000 X; note disconnect 45000 Y; } | file stopped 100000
{ connect 48605; trades 48610 54000; note disconnect 54000 X; note connect 54003 X; trades 54010 57600; } | file stopped 133005

mdcheck spool | sed "s|$PWD/||"
mdcheck --json spool | jq -c 'select(.record == "finding" or (.record == "stream" and .recorder[-6:] == "killed"))
  | .recorder |= sub(".*/"; "") | del(.messages, .holes, .duplicates, .disorder, .backfilled, .crossed)'
# Hours of which some was missed, by recorder.
mdcheck --json spool | jq -r 'select(.record == "finding" and .from != .to) | [(.recorder | sub(".*/"; "")), .from[11:19], .to[11:19]] | @tsv' | uniq
