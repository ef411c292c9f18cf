#include "sim/replay.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "book/feed.hpp"
#include "codec/event_json.hpp"
#include "sim/recording.hpp"
#include "venue/registry.hpp"

namespace md::sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Micros kToday = 1'795'000'000 * kSecond;  // in 2026: after all captures
constexpr Micros kAfterQuiet = 10 * kSecond;

Result<void> no_bad_lines(const Error& error, std::string_view) { return error; }

// Events as lines without localTimestamp, by type and symbol. Where the venue gave no time, none is
// left.
class Events final : public EventSink {
 public:
  void on_event(const Event& event) override {
    if (event.type() == Type::connect || event.type() == Type::disconnect) return;
    Event bare = event;
    if (bare.timestamp == bare.local_timestamp) bare.timestamp = 0;
    bare.local_timestamp = 0;
    text_.clear();
    codec::append_event(text_, bare);
    streams[{event.type(), std::string(event.symbol)}].emplace_back(text_.view());
  }
  std::map<std::pair<Type, std::string>, std::vector<std::string>> streams;

 private:
  Buffer text_;
};

// What mdnorm makes of the files.
void normalise(const venue::Venue& venue, const std::vector<std::string>& files, Events& out) {
  book::Feed feed(venue, {}, out);
  CaptureReader reader(files, {});
  RawLine raw;
  Micros last = 0;
  while (reader.next(raw) == CaptureReader::Read::line) {
    last = raw.local_timestamp;
    static_cast<void>(feed.on_raw(raw));
  }
  feed.finish(last);
}

// What mdrecord makes of the exchange, with the connections that the venue's adapter asks for.
class Recorder final : public book::Driver {
 public:
  Recorder(const venue::Venue& venue, ReplayExchange& exchange, Events& out)
      : venue_(venue), exchange_(exchange), feed_(venue, {}, out, this) {}

  void run(const venue::Subscription& wanted) {
    const auto connections = venue_.connections(wanted);
    std::vector<std::unique_ptr<Client>> clients;
    for (const venue::Connection& connection : connections) {
      clients.push_back(exchange_.connect(path_of(connection.url), 0));
      ASSERT_NE(clients.back(), nullptr) << connection.url;
      feed_.on_connect(static_cast<std::uint32_t>(clients.size()), {}, kToday);
      for (const std::string& frame : connection.send) clients.back()->on_text(frame, 0);
    }
    // In turn: they are closed together.
    for (Micros now = kAfterQuiet; !clients.empty() && !testing::Test::HasFailure();
         now += 10'000) {
      std::size_t closed = 0;
      for (std::uint32_t i = 0; i < clients.size(); ++i) closed += listen(i + 1, *clients[i], now);
      if (closed == clients.size()) break;
    }
    feed_.finish(kToday);
  }

  void request(std::uint32_t, const venue::Request& request) override {
    if (request.kind == venue::Request::Kind::fetch) asked_.push_back(request.text);
  }

 private:
  static std::string path_of(const std::string& url) {
    const auto path = url.find('/', url.find("://") + 3);
    return path == url.npos ? "/" : url.substr(path);
  }

  // True once the connection is closed.
  bool listen(std::uint32_t connection, Client& client, Micros now) {
    for (;;) {
      Buffer frame;
      const Next next = client.next(now, frame);
      if (next.kind == Next::Kind::wait && next.until > now) return false;
      if (next.kind == Next::Kind::close) {
        EXPECT_EQ(next.code, 1000);
        return true;
      }
      if (next.kind == Next::Kind::frame) take(connection, frame, now);
    }
  }

  void take(std::uint32_t connection, Buffer& frame, Micros now) {
    frame.reserve(codec::kPadding);
    const auto kind = feed_.on_frame(connection, {frame.view(), kToday});
    ASSERT_TRUE(kind) << kind.error().text();
    ASSERT_NE(*kind, venue::FrameKind::unknown) << frame.view();
    while (!asked_.empty()) {
      const std::string target = asked_.front();
      asked_.erase(asked_.begin());
      HttpAnswer answer = exchange_.get(target, now);
      const std::size_t size = answer.body.size();
      answer.body.append(codec::kPadding, ' ');
      const std::string url = std::string(venue_.rest_url) + target;
      static_cast<void>(feed_.on_reply(
          {url, answer.status, std::string_view(answer.body).substr(0, size), kToday}));
    }
  }

  const venue::Venue& venue_;
  ReplayExchange& exchange_;
  book::Feed feed_;
  std::vector<std::string> asked_;
};

void expect_same_events(const std::vector<std::string>& files) {
  auto index = index_capture(files, {}, no_bad_lines);
  ASSERT_TRUE(index) << index.error().text();
  const venue::Venue& venue = *index->venue;
  Events truth;
  normalise(venue, files, truth);
  ASSERT_FALSE(truth.streams.empty());

  venue::Subscription wanted{{}, venue.types};
  std::set<std::string> symbols;
  for (const auto& [stream, lines] : truth.streams) symbols.insert(stream.second);
  wanted.symbols.assign(symbols.begin(), symbols.end());
  ReplayOptions options{.files = files, .pace = {.speed = std::nullopt}};
  ReplayExchange exchange(*std::move(index), options);
  Events served;
  Recorder(venue, exchange, served).run(wanted);

  for (const auto& [stream, lines] : truth.streams) {
    EXPECT_EQ(served.streams[stream], lines) << to_text(stream.first) << ' ' << stream.second;
  }
  EXPECT_EQ(served.streams.size(), truth.streams.size());
}

class ReplayOf : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Captures, ReplayOf,
                         testing::Values("binance", "binance-futures", "bitstamp", "coinbase",
                                         "okx"));

TEST_P(ReplayOf, GivesTheEventsOfTheCapture) {
  const char* const directory = std::getenv("MD_CAPTURES");
  if (directory == nullptr) GTEST_SKIP() << "MD_CAPTURES is not set";
  if (venue::find(GetParam()) == nullptr) GTEST_SKIP() << "no adapter for " << GetParam();
  expect_same_events({std::string(directory) + "/" + GetParam() + ".raw.ndjson.zst"});
}

// ---- small captures
// --------------------------------------------------------------------------------------------

class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view text)
      : path_(testing::TempDir() + "sim_replay_" + std::to_string(getpid()) + "_" +
              std::to_string(++made_) + ".ndjson") {
    std::ofstream(path_) << text;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  static inline int made_ = 0;
  std::string path_;
};

std::string recording(std::string_view venue, int messages) {
  MarketOptions options;
  options.start = 1'700'000'000 * kSecond;
  SyntheticRecording recording(*parse_venue_market(venue), options);
  Buffer out;
  recording.begin(out);
  for (int i = 0; i < messages; ++i) recording.next(out);
  return std::string(out.view());
}

TEST(Replay, GivesTheEventsOfASyntheticRecording) {
  const TemporaryFile file(recording("binance:btcusdt,ethusdt", 3000));
  expect_same_events({file.path()});
}

TEST(Replay, GivesTheEventsOfASyntheticKrakenRecording) {
  if (venue::find("kraken") == nullptr) GTEST_SKIP() << "no adapter for kraken";
  const TemporaryFile file(recording("kraken:BTC/USD,ETH/USD", 3000));
  expect_same_events({file.path()});
}

std::string trade_line(int second, int id, std::string_view channel = "trade") {
  const bool aggregate = channel == "aggTrade";
  return R"({"type":"raw","exchange":"binance","localTimestamp":"2024-01-01T00:00:0)" +
         std::to_string(second) + R"(.000000Z","connection":1,"data":)" + R"({"stream":"btcusdt@)" +
         std::string(channel) + R"(","data":{"e":")" + std::string(channel) +
         R"(","E":1704067200000,"s":"BTCUSDT",")" + (aggregate ? "a" : "t") +
         "\":" + std::to_string(id) +
         R"(,"p":"1.00","q":"2.00","f":1,"l":1,"T":1704067200000,"m":true,"M":true}}})" + "\n";
}

ReplayExchange replay_of(const std::vector<std::string>& files, ReplayOptions options) {
  options.files = files;
  auto index =
      index_capture(files, {}, [](const Error&, std::string_view) { return Result<void>(); });
  return {*std::move(index), std::move(options)};
}

constexpr std::string_view kTrades = R"({"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1})";

// The ids of the trades that are there at `now`.
Next trades_at(Client& client, Micros now, std::vector<int>& ids) {
  for (;;) {
    Buffer frame;
    const Next next = client.next(now, frame);
    if (next.kind == Next::Kind::wait && next.until <= now) continue;
    if (next.kind != Next::Kind::frame) return next;
    const auto id = frame.view().find("\",\"t\":");
    const auto aggregate = frame.view().find("\",\"a\":");
    const auto at = std::min(id, aggregate);
    if (at != std::string_view::npos)
      ids.push_back(std::stoi(std::string(frame.view().substr(at + 6, 4))));
  }
}

TEST(Replay, KeepsThePaceOfTheCapture) {
  const TemporaryFile file(trade_line(1, 101) + trade_line(2, 102) + trade_line(4, 104));
  ReplayExchange exchange = replay_of({file.path()}, {.files = {}, .pace = {.speed = 2.0}});
  const auto client = exchange.connect("/stream", 0);
  client->on_text(kTrades, 0);
  std::vector<int> ids;
  EXPECT_EQ(trades_at(*client, kSecond / 10, ids).kind, Next::Kind::wait);
  EXPECT_THAT(ids, IsEmpty()) << "began before the client could subscribe to more";
  const Micros began = kAfterQuiet;
  EXPECT_EQ(trades_at(*client, began, ids).until, began + kSecond / 2);
  EXPECT_THAT(ids, ElementsAre(101));
  EXPECT_EQ(trades_at(*client, began + kSecond / 2, ids).until, began + 3 * kSecond / 2);
  trades_at(*client, began + 3 * kSecond / 2, ids);
  EXPECT_THAT(ids, ElementsAre(101, 102, 104));
}

TEST(Replay, GivesTradesWhateverTheirChannelWasCalled) {
  const TemporaryFile file(trade_line(1, 101, "aggTrade"));
  ReplayExchange exchange =
      replay_of({file.path()}, {.files = {}, .pace = {.speed = std::nullopt}});
  const auto client = exchange.connect("/stream", 0);
  client->on_text(kTrades, 0);
  std::vector<int> ids;
  trades_at(*client, kAfterQuiet, ids);
  EXPECT_THAT(ids, ElementsAre(101));
}

TEST(Replay, GoesThroughSeveralFiles) {
  const TemporaryFile first(trade_line(1, 101));
  const TemporaryFile second(trade_line(2, 102));
  ReplayExchange exchange =
      replay_of({first.path(), second.path()}, {.files = {}, .pace = {.speed = std::nullopt}});
  const auto client = exchange.connect("/stream", 0);
  client->on_text(kTrades, 0);
  std::vector<int> ids;
  trades_at(*client, kAfterQuiet, ids);
  EXPECT_THAT(ids, ElementsAre(101, 102));
}

TEST(Replay, ClosesAllClientsWhenAllHadEverything) {
  const TemporaryFile file(trade_line(1, 101));
  ReplayExchange exchange =
      replay_of({file.path()}, {.files = {}, .pace = {.speed = std::nullopt}});
  EXPECT_TRUE(exchange.tick(0));
  auto first = exchange.connect("/stream", 0);
  first->on_text(kTrades, 0);
  std::vector<int> ids;
  Micros now = kAfterQuiet;
  EXPECT_EQ(trades_at(*first, now, ids).kind, Next::Kind::wait);
  now += ReplayExchange::kLinger - 1;
  auto second = exchange.connect("/stream", now);
  second->on_text(kTrades, now);
  now += kSecond;
  EXPECT_EQ(trades_at(*first, now, ids).kind, Next::Kind::wait) << "not before the second";
  EXPECT_EQ(trades_at(*second, now, ids).kind, Next::Kind::wait);
  now += ReplayExchange::kLinger;
  EXPECT_EQ(trades_at(*first, now, ids).code, 1000);
  EXPECT_EQ(trades_at(*second, now, ids).code, 1000);
  EXPECT_THAT(ids, ElementsAre(101, 101));
  EXPECT_EQ(exchange.connect("/stream", now), nullptr);
  EXPECT_TRUE(exchange.tick(now)) << "clients are still there";
  first.reset();
  second.reset();
  EXPECT_FALSE(exchange.tick(now));
}

TEST(Replay, EndsWhenTheClientsLeft) {
  const TemporaryFile file(trade_line(1, 101) + trade_line(9, 109));
  ReplayExchange exchange = replay_of({file.path()}, {.files = {}, .pace = {}});
  auto client = exchange.connect("/stream", 0);
  client->on_text(kTrades, 0);
  std::vector<int> ids;
  trades_at(*client, kAfterQuiet, ids);
  EXPECT_TRUE(exchange.tick(kAfterQuiet + kMinute));
  client.reset();
  EXPECT_TRUE(exchange.tick(kAfterQuiet + kMinute + ReplayExchange::kLinger - 1));
  EXPECT_FALSE(exchange.tick(kAfterQuiet + kMinute + ReplayExchange::kLinger));
}

TEST(Replay, LoopServesEveryoneFromTheBeginning) {
  const TemporaryFile file(trade_line(1, 101));
  ReplayExchange exchange = replay_of(
      {file.path()}, {.files = {}, .pace = {.speed = std::nullopt}, .clients = 1, .loop = true});
  std::vector<int> ids;
  for (int round = 0; round < 2; ++round) {
    const auto client = exchange.connect("/stream", 0);
    client->on_text(kTrades, 0);
    EXPECT_EQ(trades_at(*client, kAfterQuiet, ids).code, 1000);
  }
  EXPECT_THAT(ids, ElementsAre(101, 101));
  EXPECT_TRUE(exchange.tick(100 * kAfterQuiet));
}

TEST(Replay, BeginsWhenAllClientsAreThere) {
  const TemporaryFile file(trade_line(1, 101));
  ReplayExchange exchange =
      replay_of({file.path()}, {.files = {}, .pace = {.speed = std::nullopt}, .clients = 2});
  const auto a = exchange.connect("/stream", 0);
  const auto b = exchange.connect("/stream", 0);
  a->on_text(kTrades, 0);
  std::vector<int> of_a;
  std::vector<int> of_b;
  EXPECT_EQ(trades_at(*a, kAfterQuiet, of_a).kind, Next::Kind::wait);
  b->on_text(kTrades, kAfterQuiet);
  trades_at(*b, 2 * kAfterQuiet, of_b);
  trades_at(*a, 2 * kAfterQuiet, of_a);
  EXPECT_THAT(of_a, ElementsAre(101));
  EXPECT_THAT(of_b, ElementsAre(101));
}

// With its connection, the books of a client that has not seen the REST book yet would end.
TEST(Replay, WaitsForTheClientToAskForItsBook) {
  const TemporaryFile file(recording("binance:btcusdt", 100));
  ReplayExchange exchange =
      replay_of({file.path()}, {.files = {}, .pace = {.speed = std::nullopt}, .loop = true});
  const auto client = exchange.connect("/stream", 0);
  client->on_text(R"({"method":"SUBSCRIBE","params":["btcusdt@depth@100ms"],"id":1})", 0);
  std::vector<int> ids;
  EXPECT_EQ(trades_at(*client, kAfterQuiet, ids).kind, Next::Kind::wait);
  const Micros asked = kAfterQuiet + kSecond;
  EXPECT_EQ(exchange.get("/api/v3/depth?symbol=BTCUSDT&limit=5000", asked).status, 200);
  EXPECT_EQ(trades_at(*client, asked, ids).kind, Next::Kind::wait);
  EXPECT_EQ(trades_at(*client, asked + ReplayExchange::kRestTime, ids).kind, Next::Kind::close);
}

TEST(Replay, WaitsForTheBookOnlySoLong) {
  const TemporaryFile file(recording("binance:btcusdt", 100));
  ReplayExchange exchange =
      replay_of({file.path()}, {.files = {}, .pace = {.speed = std::nullopt}, .loop = true});
  const auto client = exchange.connect("/stream", 0);
  client->on_text(R"({"method":"SUBSCRIBE","params":["btcusdt@depth@100ms"],"id":1})", 0);
  std::vector<int> ids;
  EXPECT_EQ(trades_at(*client, kAfterQuiet, ids).kind, Next::Kind::wait);
  EXPECT_EQ(trades_at(*client, kAfterQuiet + ReplayExchange::kRestPatience, ids).kind,
            Next::Kind::close);
}

TEST(IndexCapture, ReportsBadLinesAndGoesOn) {
  const TemporaryFile file("garbage\n" + trade_line(1, 101) + "{\"type\":\"raw\"}\n" +
                           trade_line(2, 102));
  std::vector<std::uint64_t> bad;
  const auto index =
      index_capture({file.path()}, {}, [&](const Error& error, std::string_view line) {
        EXPECT_FALSE(line.empty());
        EXPECT_EQ(error.file, file.path());
        bad.push_back(error.line);
        return Result<void>();
      });
  ASSERT_TRUE(index);
  EXPECT_EQ(index->frames, 2u);
  EXPECT_THAT(bad, ElementsAre(1, 3));
}

TEST(IndexCapture, RefusesWhatCannotBeServed) {
  const TemporaryFile empty("");
  const TemporaryFile other(
      R"({"type":"raw","exchange":"elsewhere","localTimestamp":"2024-01-01T00:00:00Z","data":1})");
  const auto code = [](const std::string& path) {
    return index_capture({path}, {}, no_bad_lines).error().code;
  };
  EXPECT_EQ(code("/nonexistent"), Errc::not_found);
  EXPECT_EQ(code(empty.path()), Errc::malformed);
  EXPECT_EQ(code(other.path()), Errc::usage);
}

TEST(IndexCapture, TakesTheLinesOfOneExchange) {
  std::string other = trade_line(1, 1);
  other.replace(other.find("binance"), 7, "elsewhere");
  const TemporaryFile file(other + trade_line(2, 102));
  const auto index = index_capture({file.path()}, "binance", no_bad_lines);
  ASSERT_TRUE(index);
  EXPECT_EQ(index->frames, 1u);
}

}  // namespace
}  // namespace md::sim
