#include "record/loss.hpp"

#include <gtest/gtest.h>

#include "venue/registry.hpp"

namespace md::record {
namespace {

constexpr Micros kFirst = 1'795'170'769'000'000;  // 2026-11-20T10:32:49Z
const Loss kLoss{kFirst, kFirst + 2 * kSecond};

std::string lines_of(Types types, bool raw) {
  Buffer out;
  append_loss(out, *venue::find("binance"), {{"BTCUSDT", "ETHUSDT"}, types}, raw, kLoss);
  return std::string(out.view());
}

TEST(Loss, IsAGapOfEachTypeFromItsFirstToItsLast) {
  EXPECT_EQ(
      lines_of({Type::trade, Type::book_change}, false),
      R"({"type":"gap","exchange":"binance","symbols":["BTCUSDT","ETHUSDT"],"channel":"trade",)"
      R"("reason":"overflow","timestamp":"2026-11-20T10:32:49.000000Z",)"
      R"("localTimestamp":"2026-11-20T10:32:51.000000Z"})"
      "\n"
      R"({"type":"gap","exchange":"binance","symbols":["BTCUSDT","ETHUSDT"],"channel":"book_change",)"
      R"("reason":"overflow","timestamp":"2026-11-20T10:32:49.000000Z",)"
      R"("localTimestamp":"2026-11-20T10:32:51.000000Z"})"
      "\n");
}

TEST(Loss, IsADisconnectAmongRawLines) {
  EXPECT_EQ(lines_of({Type::trade}, true),
            R"({"type":"disconnect","exchange":"binance",)"
            R"("localTimestamp":"2026-11-20T10:32:51.000000Z","symbols":["BTCUSDT","ETHUSDT"],)"
            R"("reason":"overflow: lines lost since 2026-11-20T10:32:49.000000Z"})"
            "\n");
}

}  // namespace
}  // namespace md::record
