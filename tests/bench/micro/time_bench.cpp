// Times in and out.
#include <benchmark/benchmark.h>

#include <array>

#include "base/time.hpp"

namespace {

constexpr md::Micros kTime = 1'795'175'569'669'123;  // some time in 2026

void time_write(benchmark::State& state) {
  std::array<char, md::kIsoLength> out;
  md::Micros time = kTime;
  for (auto _ : state) {
    benchmark::DoNotOptimize(md::write_iso(time, out.data()));
    time += 1'234;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(time_write);

void time_parse(benchmark::State& state) {
  const std::string text = md::to_iso(kTime);
  md::Micros time = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(md::parse_iso(text, time));
    benchmark::DoNotOptimize(time);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(time_parse);

}  // namespace
