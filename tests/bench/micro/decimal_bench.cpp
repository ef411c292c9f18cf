// Numbers in and out, of the lengths that venues send.
#include <benchmark/benchmark.h>

#include <array>
#include <string>
#include <vector>

#include "base/decimal.hpp"

namespace {

// Prices of 5 to 15 digits, in no order that a processor could learn.
std::vector<std::string> prices() {
  std::vector<std::string> texts;
  std::uint64_t state = 1;
  for (int i = 0; i < 4096; ++i) {
    state = state * 6364136223846793005 + 1442695040888963407;
    const std::uint64_t dice = state >> 33;
    std::string text = std::to_string(1 + dice % 99'999);
    if (const std::size_t decimals = dice / 7 % 9; decimals != 0)
      text += "." + std::to_string(100'000'000 + dice % 100'000'000).substr(1, decimals);
    texts.push_back(text + std::string(md::Decimal::kReadAhead, ' '));
  }
  return texts;
}

void decimal_read(benchmark::State& state) {
  const auto texts = prices();
  std::size_t i = 0;
  md::Decimal value;
  for (auto _ : state) {
    benchmark::DoNotOptimize(md::Decimal::read(texts[i++ & 4095].data(), value));
    benchmark::DoNotOptimize(value);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(decimal_read);

void decimal_parse(benchmark::State& state) {
  auto texts = prices();
  for (std::string& text : texts) text.resize(text.find(' '));
  std::size_t i = 0;
  md::Decimal value;
  for (auto _ : state) {
    benchmark::DoNotOptimize(md::Decimal::parse(texts[i++ & 4095], value));
    benchmark::DoNotOptimize(value);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(decimal_parse);

void decimal_write(benchmark::State& state) {
  std::vector<md::Decimal> values;
  for (const std::string& text : prices()) {
    md::Decimal value;
    md::Decimal::read(text.data(), value);
    values.push_back(value);
  }
  std::array<char, md::Decimal::kMaxText> out;
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(values[i++ & 4095].write(out.data()));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(decimal_write);

}  // namespace
