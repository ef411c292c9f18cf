# --print: the same options, the same bytes; a whole recording of the messages asked for.
set -eu

mdsim --synthesize binance:btcusdt,ethusdt --print --rate 500 --duration 4 --seed 7 >a
mdsim --synthesize binance:btcusdt,ethusdt --print --rate 500 --duration 4 --seed 7 >b
mdsim --synthesize binance:btcusdt,ethusdt --print --rate 500 --duration 4 --seed 8 >c
cmp a b
cmp -s a c && echo 'another seed gives the same'
# market list, connect, subscription, acknowledgement, 2000 messages, a book for each symbol
wc -l <a
grep -c '"request"' a
mdnorm a >events
grep -c '"type":"gap"' events || :
# Ids are contiguous and beyond what 32 bits and doubles hold.
grep '"type":"trade","symbol":"BTCUSDT"' events | sed 's/.*"id":"\([0-9]*\)".*/\1/' >ids
head -1 ids
seq 3000000000 "$(tail -1 ids)" | cmp - ids
mdsim --synthesize binance:x --print --duration 1 --rate 10 --trade-id 9007199254740993 --start 2025-06-30T12:00:00Z |
  mdnorm | grep '"type":"trade"' | head -1 | grep -o '"id":"9007199254740993"\|"timestamp":"2025-06-30T12:00:0'
