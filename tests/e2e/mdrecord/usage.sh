# What cannot be meant is refused with a sentence that helps, before anything is opened.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
unset https_proxy HTTPS_PROXY no_proxy NO_PROXY
serve --synthesize binance:btcusdt,ethusdt --duration 0
try() {
  mdrecord "$@" && return
  echo "$? mdrecord $*" | sed "s,$address,ADDRESS," >&2
}
try
try binance
try nasdaq btcusdt 2>&1 | sed 's/known: .*binance.*/known: (list)/' >&2
try binance btcusdt --types trade,quotes
try binance btcusdt --ws-url ws://example.com
try binance btcusdt --ws-url https://example.com
try binance btcusdt --ws-url "$address/path" 2>&1 | sed "s,$address,ADDRESS," >&2
try binance btcusdt --bind 192.0.2.1
try binance btcusdt --bind eth0
try binance btcusdt --ca-file missing.pem
echo nothing >not.pem
try binance btcusdt --ca-file not.pem
try binance btcusdt --proxy http://user:secret@proxy.example:3128
try binance btcusdt --proxy socks5://proxy.example
try binance btcusdt --proxy-auth missing
try binance btcusdt --proxy proxy.example --proxy-auth missing
(
  export HTTPS_PROXY=https://user:secret@proxy.example
  try binance btcusdt
)
try binance btcusd --ws-url "$address"
try binance BTCUSDT --spool /dev/null/spool --recorder a --exact --ws-url "$address"
printf 'VENUE = "binance"\nSYMBOL = ["ethusd"]\nws-url = "%s"\n' "$address" >config.toml
try --config config.toml
