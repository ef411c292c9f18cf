// Events as lines, in and out.
#include <benchmark/benchmark.h>

#include <array>
#include <string>
#include <vector>

#include "codec/event_json.hpp"
#include "codec/line_reader.hpp"

namespace {

const std::array<md::Level, 8> kLevels = [] {
  std::array<md::Level, 8> levels;
  for (int i = 0; i < 8; ++i)
    levels[static_cast<std::size_t>(i)] = {{6'001'050 + 37 * i, 2}, {351'300 * (i + 1), 8}};
  return levels;
}();

md::Event event_of(md::Type type) {
  md::Event event;
  event.exchange = "binance";
  event.symbol = "BTCUSDT";
  event.timestamp = 1'795'175'569'669'123;
  event.local_timestamp = event.timestamp + 700;
  const md::Level& level = kLevels[0];
  if (type == md::Type::trade) {
    event.body = md::Trade{.id = "3000000000",
                           .price = level.price,
                           .amount = level.amount,
                           .side = md::Side::buy,
                           .seq = {}};
  } else if (type == md::Type::book_change) {
    event.body =
        md::BookChange{.bids = kLevels, .asks = kLevels, .prev_seq = 1'000'000, .seq = 1'000'007};
  } else {
    event.body = md::BookTicker{level.amount, level.price, level.price, level.amount, 1'000'007};
  }
  return event;
}

void event_write(benchmark::State& state, md::Type type) {
  const md::Event event = event_of(type);
  md::Buffer out;
  for (auto _ : state) {
    out.clear();
    md::codec::append_event(out, event);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(out.size()));
}
BENCHMARK_CAPTURE(event_write, trade, md::Type::trade);
BENCHMARK_CAPTURE(event_write, book_change, md::Type::book_change);
BENCHMARK_CAPTURE(event_write, book_ticker, md::Type::book_ticker);

void event_read(benchmark::State& state, md::Type type) {
  md::Buffer line;
  md::codec::append_event(line, event_of(type));
  const std::size_t size = line.size() - 1;  // without the end of the line
  const std::string text = std::string(line.view()) + std::string(md::codec::kPadding, '\0');
  md::codec::EventReader reader;
  md::Event event;
  for (auto _ : state) {
    if (!reader.read({text.data(), size}, event)) state.SkipWithError("not an event");
    benchmark::DoNotOptimize(event);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(size));
}
BENCHMARK_CAPTURE(event_read, trade, md::Type::trade);
BENCHMARK_CAPTURE(event_read, book_change, md::Type::book_change);
BENCHMARK_CAPTURE(event_read, book_ticker, md::Type::book_ticker);

}  // namespace
