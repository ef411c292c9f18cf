// Loader and Reader against a PostgreSQL of the test's own (scripts/pg-local).
#include "store/reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "store/event_lines.hpp"
#include "store/loader.hpp"
#include "store/local_database.hpp"
#include "store/schema.hpp"

namespace md::store {
namespace {

constexpr Micros kAll = 253'402'300'800 * kSecond;

class StoreTest : public LocalDatabase {
 protected:
  Loader loader() const { return Loader::open(options_, "test 1").value(); }
  Database database() const { return connect(); }

  // A load of lines, each an event; its content is what `name` says.
  Result<Load> load(Loader& into, const std::string& name, const std::vector<std::string>& lines,
                    bool replace = false) const {
    Sha256Hasher hasher;
    for (const std::string& line : lines) hasher.update(line);
    const Sha256 content = hasher.finish();
    MD_TRY(const auto begun, into.begin({name, content, replace}));
    if (begun == Loader::Begin::already_loaded) return Load{0, true, 0, 0};
    std::uint64_t number = 0;
    for (const std::string& line : lines) MD_CHECK(into.add(Parsed(line).event(), ++number));
    return into.commit(std::nullopt, 0);
  }

  static std::vector<std::string> read(Database& from, const Selection& selection) {
    auto reader = Reader::open(from, selection).value();
    std::vector<std::string> lines;
    Event event;
    while (reader.next(event).value()) lines.push_back(line_of(event));
    return lines;
  }
};

std::string trade(std::string_view symbol, std::string_view id, std::string_view time,
                  std::string_view local) {
  std::string line = R"({"type":"trade","symbol":")";
  line.append(symbol).append(R"(","exchange":"x","id":")").append(id);
  line.append(R"(","price":1,"amount":2,"side":"buy","timestamp":"2026-11-)").append(time);
  return line.append(R"(Z","localTimestamp":"2026-11-)").append(local).append("Z\"}");
}

TEST_F(StoreTest, EveryEventComesBackFromTheDatabase) {
  Loader into = loader();
  const auto loaded = load(into, "all", kLines);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->rows, kLines.size());

  Database from = database();
  ASSERT_TRUE(from.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
  const auto streams = list_streams(from, -kAll, kAll);
  ASSERT_TRUE(streams) << streams.error().message;
  std::vector<std::string> back;
  for (const Stream& stream : *streams) {
    const auto lines = read(from, {stream.type, stream.exchange, stream.symbol, -kAll, kAll});
    EXPECT_EQ(lines.size(), stream.rows) << stream.exchange << ' ' << stream.symbol;
    back.insert(back.end(), lines.begin(), lines.end());
  }
  std::vector<std::string> expected;
  for (const std::string& line : kLines) expected.push_back(line_of(Parsed(line).event()));
  std::sort(back.begin(), back.end());
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(back, expected);
  // By type, exchange, symbol; bytes, so that the database's collation does not matter.
  EXPECT_EQ(streams->front().exchange, "binance");
  EXPECT_EQ(streams->back().type, Type::gap);
  EXPECT_TRUE(from.execute("COMMIT"));
}

TEST_F(StoreTest, OrderIsThatOfTheLake) {
  const std::vector<std::string> first = {
      trade("A", "late", "20T10:00:00.000000", "21T00:00:05.000000"),
      trade("A", "1", "20T10:00:00.000002", "20T10:00:00.000005"),
      trade("A", "2", "20T10:00:00.000001", "20T10:00:00.000005"),
      trade("A", "3", "21T00:00:00.000000", "21T00:00:00.000000"),
      trade("A", "3", "21T00:00:00.000000", "21T00:00:00.000000"),
  };
  const std::vector<std::string> second = {
      trade("A", "4", "20T09:00:00.000000", "20T10:00:00.000004"),
      trade("A", "5", "20T09:00:00.000000", "20T10:00:00.000005"),
      trade("B", "6", "20T09:00:00.000000", "20T10:00:00.000004"),
      trade("A", "7", "19T23:59:59.999999", "20T00:00:00.000000"),
      trade("A", "8", "22T00:00:00.000000", "22T00:00:00.000000"),
  };
  Loader into = loader();
  ASSERT_TRUE(load(into, "first", first));
  ASSERT_TRUE(load(into, "second", second));

  const auto ids = [](const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) {
      const std::size_t at = line.find("\"id\":\"") + 6;
      text += line.substr(at, line.find('"', at) - at) + ' ';
    }
    return text;
  };
  Database from = database();
  const Micros day = parse_iso("2026-11-20T00:00:00Z").value();
  EXPECT_EQ(ids(read(from, {Type::trade, "x", "A", -kAll, kAll})), "7 4 1 2 5 late 3 3 8 ");
  // The first moment belongs to the range, the one after its last does not.
  EXPECT_EQ(ids(read(from, {Type::trade, "x", "A", day, day + 2 * kDay})), "4 1 2 5 late 3 3 ");
  EXPECT_EQ(ids(read(from, {Type::trade, "x", "A", day + kDay, day + kDay + 1})), "3 3 ");
  EXPECT_EQ(ids(read(from, {Type::trade, "x", "A", day, day})), "");
  EXPECT_EQ(ids(read(from, {Type::trade, "x", "nothing", -kAll, kAll})), "");
  EXPECT_EQ(list_streams(from, day + 2 * kDay, kAll).value().size(), 1u);

  // A reader that is left early leaves the connection in order.
  {
    auto reader = Reader::open(from, {Type::trade, "x", "A", -kAll, kAll}).value();
    Event event;
    ASSERT_TRUE(reader.next(event).value());
  }
  EXPECT_EQ(read(from, {Type::trade, "x", "B", -kAll, kAll}).size(), 1u);
}

TEST_F(StoreTest, ALoadIsWholeOrNotThere) {
  Database from = database();
  const auto rows = [&] {
    return from.query("SELECT count(*) FROM md.trade").value().integer(0, 0);
  };
  Loader into = loader();

  // One event that cannot be stored does not take the others with it.
  const std::string good = trade("A", "1", "20T10:00:00.000000", "20T10:00:00.000000");
  const Parsed parsed(good);
  Event bad = parsed.event();
  bad.symbol = std::string_view("\0", 1);
  ASSERT_EQ(into.begin({"-", std::nullopt, false}).value(), Loader::Begin::open);
  EXPECT_TRUE(into.add(parsed.event(), 1));
  const auto refused = into.add(bad, 2);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::malformed);
  EXPECT_TRUE(into.add(parsed.event(), 3));
  const auto loaded = into.commit(Sha256{1}, 1);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->rows, 2u);
  EXPECT_EQ(rows(), 2);

  // A content that turns out at the end to be loaded.
  ASSERT_TRUE(into.begin({"-", std::nullopt, false}));
  EXPECT_TRUE(into.add(parsed.event(), 1));
  EXPECT_TRUE(into.commit(Sha256{1}, 0).value().already_loaded);
  EXPECT_EQ(rows(), 2);

  // Given up.
  ASSERT_TRUE(into.begin({"name", Sha256{2}, false}));
  EXPECT_TRUE(into.add(parsed.event(), 1));
  into.abort();
  EXPECT_EQ(rows(), 2);

  // Other content under a name.
  EXPECT_EQ(load(into, "name", {good}).value().rows, 1u);
  EXPECT_EQ(rows(), 3);
  const auto other = load(into, "name", {good, good});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Errc::exists);
  const auto replaced = load(into, "name", {good, good}, true);
  ASSERT_TRUE(replaced) << replaced.error().message;
  EXPECT_EQ(replaced->removed, 1u);
  EXPECT_EQ(rows(), 4);
  EXPECT_TRUE(load(into, "name", {good, good}).value().already_loaded);
}

}  // namespace
}  // namespace md::store
