# A small market as recorded from binance: trades with contiguous ids, a chained book, best bid and ask, one connection.
# Lines share times now and then, as frames read together do. Nothing of mdtools is used: an independent truth.
#   awk -v lines=N -v seed=S [-v start=EPOCH_SECONDS] -f market.awk
function iso(us,   s, d, y, m, dd, h, z, era, doe, yoe, doy, mp) {
  s = int(us / 1000000); z = int(s / 86400) + 719468; h = s % 86400
  era = int(z / 146097); doe = z - era * 146097
  yoe = int((doe - int(doe / 1460) + int(doe / 36524) - int(doe / 146096)) / 365)
  doy = doe - (365 * yoe + int(yoe / 4) - int(yoe / 100)); mp = int((5 * doy + 2) / 153)
  dd = doy - int((153 * mp + 2) / 5) + 1; m = mp < 10 ? mp + 3 : mp - 9; y = yoe + era * 400 + (m <= 2)
  return sprintf("%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", y, m, dd, int(h / 3600), int(h / 60) % 60, h % 60, us % 1000000)
}
function head(type, s) { return "{\"type\":\"" type "\",\"symbol\":\"" s "\",\"exchange\":\"binance\"" }
function tail(ts, us) { return ",\"timestamp\":\"" iso(ts) "\",\"localTimestamp\":\"" iso(us) "\"}" }
# Above 2^53: beyond what a double counts exactly.
function number(n) { return sprintf("90072%012d", n) }
function level(side) { return "{\"price\":" 60000 + side * (1 + int(rand() * 2000)) / 100 ",\"amount\":" int(rand() * 900 + 1) / 1000 "}" }
BEGIN {
  srand(seed); CONVFMT = "%.10g"; if (!start) start = 1779271200
  us = start * 1000000; split("BTCUSDT ETHUSDT", symbols, " ")
  for (i = 1; i <= 2; i++) { id[i] = 3000000000 + i * 1000; book[i] = seq[i] = i * 100000 }
  print "{\"type\":\"connect\",\"exchange\":\"binance\",\"symbols\":[\"BTCUSDT\",\"ETHUSDT\"],\"localTimestamp\":\"" iso(us) "\"}"
  for (i = 1; i <= 2; i++) {
    us += 1000
    print head("book_change", symbols[i]) ",\"isSnapshot\":true,\"bids\":[{\"price\":59990.5,\"amount\":1}],\"asks\":[{\"price\":60010.5,\"amount\":2}],\"seq\":" number(seq[i]) tail(us - 500, us)
  }
  us += 1000; rank = -1
  for (n = 3; n < lines; n++) {
    # Within one time: BTCUSDT before ETHUSDT, trades before books before tickers, as mddedupe(1) orders them.
    if (rand() < 0.8 || rank >= 5) { us += 1 + int(rand() * 20000); rank = -1 }
    rank = rank + 1 + int(rand() * (5 - rank)); i = rank < 3 ? 1 : 2; kind = rank % 3
    if (kind == 0) {
      id[i]++
      print head("trade", symbols[i]) ",\"id\":\"" sprintf("%.0f", id[i]) "\",\"price\":60010.5,\"amount\":" int(rand() * 3 + 1) ",\"side\":\"buy\"" tail(us - 700, us)
    } else if (kind == 1) {
      prev = book[i]; seq[i] += 1 + int(rand() * 9); book[i] = seq[i]
      print head("book_change", symbols[i]) ",\"isSnapshot\":false,\"bids\":[" level(-1) "],\"asks\":[" (rand() < 0.5 ? level(1) : "") "],\"prevSeq\":" number(prev) ",\"seq\":" number(seq[i]) tail(us - 800, us)
    } else {
      seq[i]++
      print head("book_ticker", symbols[i]) ",\"askAmount\":1,\"askPrice\":60030,\"bidPrice\":59999,\"bidAmount\":" int(rand() * 2 + 1) ",\"seq\":" number(seq[i])  tail(us, us)
    }
  }
}
