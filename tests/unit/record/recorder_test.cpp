#include "record/recorder.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>

#include "codec/event_json.hpp"
#include "codec/line_reader.hpp"
#include "codec/raw_json.hpp"
#include "record/collector.hpp"
#include "support/loopback_server.hpp"
#include "venue/registry.hpp"

namespace md::record {
namespace {

using test::HttpAnswer;
using test::LoopbackServer;
using test::Peer;
using Lines = std::vector<std::string>;

// Binance as it is, in a hurry.
venue::Venue quick_venue() {
  venue::Venue venue = *venue::find("binance");
  venue.limits = {};
  venue.limits.connect_interval_ms = 0;
  venue.limits.rest_interval_ms = 0;
  return venue;
}

std::string trade(int id) {
  return fmt::format(
      R"({{"stream":"btcusdt@trade","data":{{"e":"trade","E":1567296001038,"s":"BTCUSDT","t":{},)"
      R"("p":"0.5","q":"2.0","T":1567296001034,"m":true,"M":true}}}})",
      id);
}

std::string depth(int first, int last) {
  return fmt::format(
      R"({{"stream":"btcusdt@depth@100ms","data":{{"e":"depthUpdate","E":1633998512068,"s":"BTCUSDT",)"
      R"("U":{},"u":{},"b":[["0.4","{}"]],"a":[]}}}})",
      first, last, last);
}

std::string snapshot(int last) {
  return fmt::format(R"({{"lastUpdateId":{},"bids":[["0.3","1"]],"asks":[["0.6","2"]]}})", last);
}

struct Recording {
  Lines lines;
  Result<void> result;
  Lines warnings;

  Lines of_type(std::string_view type) const {
    Lines some;
    for (const std::string& line : lines) {
      if (line.starts_with(fmt::format("{{\"type\":\"{}\"", type))) some.push_back(line);
    }
    return some;
  }
};

// Records from `server` until a line holds `last`, the recorder ends by itself, or after `end_ms`.
Recording record(const LoopbackServer& server, Recorder::Options options, const std::string& last,
                 const venue::Venue& venue = quick_venue(), std::int64_t end_ms = 0) {
  Recording run;
  std::atomic<bool> stop = false;
  Collector to;
  to.on_line = [&](const std::string& line) {
    if (!last.empty() && line.find(last) != std::string::npos) stop = true;
  };
  const Log log{[&](std::string_view text) { run.warnings.emplace_back(text); },
                [](std::string_view) {}};
  net::Loop loop;
  const net::Tls tls = *net::Tls::create();
  net::Timer deadline{loop};
  deadline.start(end_ms > 0 ? end_ms : 20'000, [&] {
    if (end_ms == 0) ADD_FAILURE() << "no line holds " << last;
    stop = true;
  });
  options.addresses = *Addresses::parse(server.ws_url(), "");
  Pipeline pipeline{to.destination(), {}};
  const auto recorder = Recorder::create(loop, tls, venue, options, pipeline, log);
  EXPECT_TRUE(recorder) << recorder.error().message;
  if (recorder) run.result = (*recorder)->run(stop);
  EXPECT_TRUE(pipeline.finish(10'000));
  run.lines = to.lines();
  return run;
}

Recorder::Options wanted(Types types, bool raw = false) {
  Recorder::Options options;
  options.subscription = {{"BTCUSDT"}, types};
  options.raw = raw;
  return options;
}

// Empties the value of a text field.
void blank(std::string& line, std::string_view field) {
  const std::string name = fmt::format("\"{}\":\"", field);
  const std::size_t at = line.find(name);
  if (at == std::string::npos) return;
  const std::size_t begin = at + name.size();
  line.erase(begin, line.find('"', begin) - begin);
}

// What differs between two runs, or between a run and its replay, only by when it happened.
std::string timeless(std::string line) {
  blank(line, "localTimestamp");
  // A REST snapshot without a time of its own has ours.
  if (line.find("\"isSnapshot\":true") != std::string::npos) blank(line, "timestamp");
  return line;
}

Lines replayed(const Lines& raw, Types types) {
  class Events final : public EventSink {
   public:
    void on_event(const Event& event) override { codec::append_event(text, event); }
    Buffer text;
  } events;
  types.add(Type::connect);
  types.add(Type::disconnect);
  types.add(Type::gap);
  const venue::Venue venue = quick_venue();
  book::Feed feed{venue, types, events};
  std::string all;
  for (const std::string& line : raw) all += line + "\n";
  codec::LineReader reader = codec::LineReader::from_memory(all);
  codec::RawReader parser;
  std::string_view line;
  while (reader.next(line) == codec::LineReader::Read::line) {
    const auto parsed = parser.read(line);
    EXPECT_TRUE(parsed) << line;
    if (!parsed) continue;
    EXPECT_TRUE(feed.on_raw(*parsed)) << line;
  }
  Lines lines;
  std::string_view text = events.text.view();
  while (!text.empty()) {
    lines.emplace_back(text.substr(0, text.find('\n')));
    text.remove_prefix(text.find('\n') + 1);
  }
  return lines;
}

TEST(Recorder, SubscribesRecordsAndStops) {
  Lines received;
  std::string target;
  LoopbackServer server{{.socket = [&](Peer& peer) {
    target = peer.target();
    received.push_back(*peer.receive());
    peer.send(R"({"result":null,"id":1})");
    peer.send(trade(1));
    peer.send(trade(2));
    peer.receive();
  }}};
  const Recording run = record(server, wanted({Type::trade}), "\"id\":\"2\"");
  EXPECT_TRUE(run.result);
  EXPECT_EQ(run.warnings, Lines{});
  EXPECT_EQ(target, "/stream");
  ASSERT_EQ(received.size(), 1u);
  EXPECT_NE(received[0].find("btcusdt@trade"), std::string::npos);
  ASSERT_EQ(run.lines.size(), 4u);
  EXPECT_EQ(timeless(run.lines[0]),
            R"({"type":"connect","exchange":"binance","symbols":["BTCUSDT"],"localTimestamp":""})");
  EXPECT_EQ(
      timeless(run.lines[1]),
      R"({"type":"trade","symbol":"BTCUSDT","exchange":"binance","id":"1","price":0.5,"amount":2,"side":"sell",)"
      R"("timestamp":"2019-09-01T00:00:01.034000Z","localTimestamp":""})");
  EXPECT_EQ(
      timeless(run.lines[3]),
      R"({"type":"disconnect","exchange":"binance","symbols":["BTCUSDT"],"reason":"stopped","localTimestamp":""})");
}

TEST(Recorder, OpensAgainWithFreshState) {
  std::atomic<int> connections = 0;
  LoopbackServer server{{.socket = [&](Peer& peer) {
    const int number = ++connections;
    peer.receive();
    peer.send(trade(number));
    if (number < 3) return number == 1 ? peer.drop() : peer.close(1001, "restart");
    peer.receive();
  }}};
  const Recording run = record(server, wanted({Type::trade}, true), "\"t\":3");
  const Lines connects = run.of_type("connect");
  const Lines disconnects = run.of_type("disconnect");
  ASSERT_EQ(connects.size(), 3u);
  ASSERT_EQ(disconnects.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    const std::string number =
        fmt::format("\"connection\":{},\"url\":\"{}/stream\"", i + 1, server.ws_url());
    EXPECT_NE(connects[i].find(number), std::string::npos) << connects[i];
    EXPECT_NE(disconnects[i].find(number), std::string::npos) << disconnects[i];
    EXPECT_NE(connects[i].find("\"symbols\":[\"BTCUSDT\"]"), std::string::npos);
    EXPECT_NE(disconnects[i].find("\"symbols\":[\"BTCUSDT\"]"), std::string::npos);
  }
  EXPECT_NE(disconnects[0].find("\"reason\":\"connection lost: "), std::string::npos)
      << disconnects[0];
  EXPECT_NE(disconnects[1].find("\"reason\":\"closed by the venue: 1001 restart\""),
            std::string::npos);
  EXPECT_NE(disconnects[2].find("\"reason\":\"stopped\""), std::string::npos);
  EXPECT_EQ(run.warnings.size(), 2u);
}

TEST(Recorder, KeepsTryingUntilSomebodyIsThere) {
  std::uint16_t port = 0;
  {
    const LoopbackServer first{{}};
    port = first.port();
  }
  // Comes back on the same port after the recorder has failed at least once.
  std::unique_ptr<LoopbackServer> server;
  std::atomic<bool> stop = false;
  Collector to;
  to.on_line = [&](const std::string& line) {
    stop = stop || line.find("\"id\":\"1\"") != std::string::npos;
  };
  Lines warnings;
  const Log log{[&](std::string_view text) {
                  warnings.emplace_back(text);
                  if (server) return;
                  server = std::make_unique<LoopbackServer>(
                      LoopbackServer::Script{.socket =
                                                 [](Peer& peer) {
                                                   peer.receive();
                                                   peer.send(trade(1));
                                                   peer.receive();
                                                 }},
                      port);
                },
                [](std::string_view) {}};
  net::Loop loop;
  const net::Tls tls = *net::Tls::create();
  const venue::Venue venue = quick_venue();
  Recorder::Options options = wanted({Type::trade});
  options.addresses = *Addresses::parse(fmt::format("ws://127.0.0.1:{}", port), "");
  Pipeline pipeline{to.destination(), {}};
  const auto recorder = Recorder::create(loop, tls, venue, options, pipeline, log);
  ASSERT_TRUE(recorder);
  EXPECT_TRUE((*recorder)->run(stop));
  EXPECT_TRUE(pipeline.finish(10'000));
  EXPECT_EQ(warnings,
            Lines{fmt::format("cannot connect to '127.0.0.1:{}': Connection refused", port)});
}

// The server of the book tests: refuses the first snapshot, then gives an old one, then the one
// that fits.
LoopbackServer::Script book_script(std::atomic<int>& asked) {
  return {.socket =
              [&asked](Peer& peer) {
                peer.receive();
                peer.send(depth(11, 12));
                peer.send(trade(1));
                while (asked < 3) std::this_thread::yield();
                peer.send(depth(13, 15));
                peer.send(trade(2));
                peer.send("not json");
                peer.send(depth(16, 16));
                peer.send(trade(3));
                peer.receive();
              },
          .http = [&asked](const std::string& target) -> HttpAnswer {
            EXPECT_TRUE(target.starts_with("/api/v3/depth?symbol=BTCUSDT")) << target;
            switch (++asked) {
              case 1:
                return {429, R"({"code":-1003})", {{"Retry-After", "0"}}};
              case 2:
                return {200, snapshot(5)};
              default:
                return {200, snapshot(11)};
            }
          }};
}

TEST(Recorder, FetchesSnapshotsUntilOneFits) {
  std::atomic<int> asked = 0;
  const LoopbackServer server{book_script(asked)};
  const Recording run = record(server, wanted({Type::trade, Type::book_change}), "\"seq\":16");
  EXPECT_EQ(asked, 3);
  const Lines books = run.of_type("book_change");
  ASSERT_EQ(books.size(), 4u);
  EXPECT_NE(books[0].find("\"isSnapshot\":true"), std::string::npos) << books[0];
  EXPECT_NE(books[0].find("\"seq\":11"), std::string::npos) << books[0];
  EXPECT_NE(books[1].find("\"prevSeq\":11,\"seq\":12"), std::string::npos) << books[1];
  EXPECT_NE(books[2].find("\"prevSeq\":12,\"seq\":15"), std::string::npos) << books[2];
  EXPECT_NE(books[3].find("\"prevSeq\":15,\"seq\":16"), std::string::npos) << books[3];
  EXPECT_TRUE(run.of_type("gap").empty());
  ASSERT_EQ(run.warnings.size(), 2u);
  EXPECT_TRUE(run.warnings[0].ends_with(": HTTP 429")) << run.warnings[0];
  EXPECT_TRUE(run.warnings[1].ends_with(": not json")) << run.warnings[1];
}

TEST(Recorder, RawLinesReplayIntoTheEventsOfTheLiveRun) {
  const Types types{Type::trade, Type::book_change};
  std::atomic<int> asked = 0;
  Lines live;
  {
    const LoopbackServer server{book_script(asked)};
    live = record(server, wanted(types), "\"id\":\"3\"").lines;
  }
  asked = 0;
  const LoopbackServer server{book_script(asked)};
  const Recording raw = record(server, wanted(types, true), "\"t\":3");

  // Everything is there, in order: what was sent, refused and not understood included.
  Lines kinds;
  for (const std::string& line : raw.lines) kinds.push_back(line.substr(9, line.find('"', 9) - 9));
  EXPECT_EQ(kinds.front(), "connect");
  EXPECT_EQ(kinds[1], "sent");
  EXPECT_EQ(kinds.back(), "disconnect");
  const auto holds = [&](std::string_view text) {
    return std::any_of(raw.lines.begin(), raw.lines.end(), [&](const std::string& line) {
      return line.find(text) != std::string::npos;
    });
  };
  EXPECT_TRUE(holds("\"request\":\"" + server.http_url() +
                    "/api/v3/depth?symbol=BTCUSDT&limit=5000\",\"status\":429"));
  EXPECT_TRUE(holds("\"data\":" + snapshot(5) + "}"));
  EXPECT_TRUE(holds("\"data\":" + depth(13, 15) + "}"));
  EXPECT_TRUE(holds("\"text\":\"not json\"}"));

  Lines from_raw;
  Lines from_live;
  const auto replay = [&] {
    Lines lines = raw.lines;
    // The frame that is not JSON fails on replay as it did live; it is not what this is about.
    std::erase_if(
        lines, [](const std::string& line) { return line.find("not json") != std::string::npos; });
    return replayed(lines, types);
  };
  for (const std::string& line : replay()) from_raw.push_back(timeless(line));
  for (const std::string& line : live) from_live.push_back(timeless(line));
  // Trades may overtake the snapshot from run to run: REST and WebSocket are two connections. Each
  // stream alone must be equal.
  const auto only = [](const Lines& lines, std::string_view type) {
    Lines some;
    for (const auto& line : lines) {
      if (line.find(type) != std::string::npos) some.push_back(line);
    }
    return some;
  };
  for (const char* type : {"\"book_change\"", "\"trade\"", "connect\"", "\"gap\""}) {
    EXPECT_EQ(only(from_raw, type), only(from_live, type)) << type;
  }
  EXPECT_EQ(only(from_live, "\"book_change\"").size(), 4u);
}

TEST(Recorder, OnceEndsWithTheVenue) {
  LoopbackServer server{{.socket = [](Peer& peer) {
    peer.receive();
    peer.send(trade(1));
    peer.close(1000, "end of capture");
  }}};
  Recorder::Options options = wanted({Type::trade});
  options.once = true;
  const Recording run = record(server, options, "");
  EXPECT_TRUE(run.result);
  EXPECT_EQ(run.of_type("trade").size(), 1u);
  ASSERT_EQ(run.of_type("disconnect").size(), 1u);
  EXPECT_EQ(server.accepted(), 1);
}

TEST(Recorder, OnceWaitsForConnectionsThatWereNotOpenedYet) {
  std::atomic<int> connections = 0;
  LoopbackServer server{{.socket = [&](Peer& peer) {
    peer.send(trade(++connections));
    peer.close(1000, "");
  }}};
  venue::Venue venue = quick_venue();
  venue.limits.connect_interval_ms = 100;
  venue.connections = [](const venue::Subscription& s) {
    const venue::Connection plan{"wss://venue.example/", s.symbols, {}};
    return std::vector<venue::Connection>{plan, plan, plan};
  };
  Recorder::Options options = wanted({Type::trade});
  options.once = true;
  const Recording run = record(server, options, "", venue);
  EXPECT_TRUE(run.result);
  EXPECT_EQ(run.of_type("trade").size(), 3u);
  EXPECT_EQ(run.of_type("disconnect").size(), 3u);
}

TEST(Recorder, OnceToldApartFromABrokenConnection) {
  LoopbackServer server{{.socket = [](Peer& peer) {
    peer.receive();
    peer.send(trade(1));
    peer.drop();
  }}};
  Recorder::Options options = wanted({Type::trade});
  options.once = true;
  const Recording run = record(server, options, "");
  ASSERT_FALSE(run.result);
  EXPECT_EQ(run.result.error().code, Errc::unavailable);
  EXPECT_EQ(run.of_type("trade").size(), 1u);
}

TEST(Recorder, EndsThoughItsPeerIsDead) {
  LoopbackServer server{{.socket = [](Peer& peer) { peer.play_dead(); }}};
  const std::int64_t begin = net::Loop::steady_ms();
  const Recording run = record(server, wanted({Type::trade}), "", quick_venue(), 100);
  EXPECT_TRUE(run.result);
  EXPECT_GE(net::Loop::steady_ms() - begin, 100);
  EXPECT_LT(net::Loop::steady_ms() - begin, 5000) << "a dead peer must not hold it up";
}

TEST(Recorder, PacesWhatItSendsAndPings) {
  std::vector<std::int64_t> times;
  Lines received;
  LoopbackServer server{{.socket = [&](Peer& peer) {
    while (received.size() < 4) {
      received.push_back(*peer.receive());
      times.push_back(net::Loop::steady_ms());
    }
    peer.send(trade(1));
    peer.receive();
  }}};
  venue::Venue venue = quick_venue();
  venue.connections = [](const venue::Subscription& s) {
    return std::vector<venue::Connection>{
        {"wss://venue.example/", s.symbols, {"one", "two", "three"}}};
  };
  venue.limits.send_interval_ms = 50;
  venue.limits.ping_interval_ms = 200;
  venue.limits.ping = "are you there";
  record(server, wanted({Type::trade}), "\"id\":\"1\"", venue);
  EXPECT_EQ(received, (Lines{"one", "two", "three", "are you there"}));
  // Sent no closer than the interval; what arrives may bunch by a little.
  EXPECT_GE(times[2] - times[0], 80);
  EXPECT_GE(times[3] - times[0], 150);
}

TEST(Recorder, SpeaksWhenItWasGreeted) {
  Lines received;
  LoopbackServer server{{.socket = [&](Peer& peer) {
    peer.send("{}");
    received.push_back(*peer.receive());
    peer.send(trade(1));
    peer.receive();
  }}};
  venue::Venue venue = quick_venue();
  venue.limits.welcome_ms = 60'000;  // beyond the test's patience
  record(server, wanted({Type::trade}), "\"id\":\"1\"", venue);
  EXPECT_EQ(received.size(), 1u);
}

TEST(Recorder, SpeaksAtLastWhereNobodyGreets) {
  std::int64_t opened = 0, spoken = 0;
  LoopbackServer server{{.socket = [&](Peer& peer) {
    opened = net::Loop::steady_ms();
    peer.receive();
    spoken = net::Loop::steady_ms();
    peer.send(trade(1));
    peer.receive();
  }}};
  venue::Venue venue = quick_venue();
  venue.limits.welcome_ms = 100;
  record(server, wanted({Type::trade}), "\"id\":\"1\"", venue);
  EXPECT_GE(spoken - opened, 80);
}

TEST(Recorder, GivesUpASilentConnectionAndOpensAnother) {
  std::atomic<int> connections = 0;
  LoopbackServer server{{.socket = [&](Peer& peer) {
    if (++connections == 1) return peer.play_dead();
    peer.receive();
    peer.send(trade(2));
    peer.receive();
  }}};
  venue::Venue venue = quick_venue();
  venue.limits.silence_ms = 200;
  const Recording run = record(server, wanted({Type::trade}), "\"id\":\"2\"", venue);
  ASSERT_EQ(run.of_type("disconnect").size(), 2u);
  EXPECT_NE(run.of_type("disconnect")[0].find("\"reason\":\"nothing received for 200 ms\""),
            std::string::npos);
}

TEST(Recorder, LeavesBeforeTheVenuesMaximumAge) {
  LoopbackServer server{{.socket = [](Peer& peer) {
    peer.receive();
    peer.send(trade(1));
    while (peer.receive()) {
    }
  }}};
  venue::Venue venue = quick_venue();
  venue.limits.max_age_ms = 100;
  const Recording run =
      record(server, wanted({Type::trade}, true), "\"type\":\"disconnect\"", venue);
  ASSERT_GE(run.of_type("disconnect").size(), 1u);
  EXPECT_NE(run.of_type("disconnect")[0].find("\"reason\":\"the venue's maximum age\""),
            std::string::npos);
}

TEST(Recorder, CountsWhatItSaw) {
  std::atomic<int> connections = 0;
  LoopbackServer server{{.socket = [&](Peer& peer) {
    if (++connections == 1) return peer.drop();
    peer.receive();
    peer.send(trade(1));
    peer.send("garbage");
    peer.send(trade(2));
    peer.receive();
  }}};
  for (const bool raw : {false, true}) {
    connections = 0;
    Collector to;
    net::Loop loop;
    const net::Tls tls = *net::Tls::create();
    const venue::Venue venue = quick_venue();
    Recorder::Options options = wanted({Type::trade}, raw);
    options.addresses = *Addresses::parse(server.ws_url(), "");
    const Log log{[](std::string_view) {}, [](std::string_view) {}};
    Pipeline pipeline{to.destination(), {}};
    const auto recorder = Recorder::create(loop, tls, venue, options, pipeline, log);
    ASSERT_TRUE(recorder);
    std::atomic<bool> stop = false;
    Snapshot live;
    net::Timer look{loop};
    std::function<void()> again = [&] {
      live = (*recorder)->snapshot();
      if (live.messages == 3) stop = true;
      look.start(2, again);
    };
    again();
    EXPECT_FALSE(live.connections.at(0).open);
    EXPECT_TRUE((*recorder)->run(stop));
    EXPECT_TRUE(pipeline.finish(10'000));
    const Snapshot after = (*recorder)->snapshot();
    EXPECT_EQ(after.venue, "binance");
    EXPECT_TRUE(after.stopped);
    EXPECT_EQ(after.messages, 3u);
    EXPECT_EQ(after.bytes, trade(1).size() + trade(2).size() + 7);
    EXPECT_EQ(after.feed.events[static_cast<std::size_t>(Type::trade)], 2u);
    EXPECT_EQ(after.feed.malformed, 1u);
    EXPECT_EQ(after.delays.count(), 2u);
    EXPECT_EQ(after.reconnects, 1u);
    EXPECT_EQ(after.connections.size(), 1u);
    EXPECT_EQ(after.output.written, to.bytes());
    EXPECT_EQ(after.output.submitted, to.bytes());
    EXPECT_EQ(after.output.queued, 0u);
  }
}

TEST(Recorder, ASlowOutputHoldsTheVenueBackAndLosesNothing) {
  constexpr int kTrades = 60'000;
  std::atomic<int> sent = 0;
  LoopbackServer server{{.socket = [&](Peer& peer) {
    peer.receive();
    for (int i = 1; i <= kTrades; ++i, ++sent) peer.send(trade(i));
    peer.close(1000, "");
  }}};
  Collector to;
  to.block();
  net::Loop loop;
  const net::Tls tls = *net::Tls::create();
  const venue::Venue venue = quick_venue();
  Recorder::Options options = wanted({Type::trade});
  options.addresses = *Addresses::parse(server.ws_url(), "");
  options.once = true;
  bool paused = false;
  net::Timer unblock{loop};
  const Log log{[](std::string_view) {},
                [&](std::string_view text) {
                  if (paused || text.find("reading pauses") == std::string_view::npos) return;
                  paused = true;
                  unblock.start(300, [&] {
                    EXPECT_LT(sent, kTrades) << "the venue was not held back";
                    to.unblock();
                  });
                }};
  Pipeline pipeline{to.destination(), {.limit = 256 << 10}};
  const auto recorder = Recorder::create(loop, tls, venue, options, pipeline, log);
  ASSERT_TRUE(recorder);
  const std::atomic<bool> stop = false;
  EXPECT_TRUE((*recorder)->run(stop));
  EXPECT_TRUE(pipeline.finish(10'000));
  EXPECT_TRUE(paused);
  EXPECT_EQ(to.lines().size(), kTrades + 2u);
}

TEST(Recorder, EndsWhenTheOutputFails) {
  LoopbackServer server{{.socket = [](Peer& peer) {
    peer.receive();
    peer.send(trade(1));
    peer.receive();
  }}};
  Collector to;
  to.fail();
  net::Loop loop;
  const net::Tls tls = *net::Tls::create();
  const venue::Venue venue = quick_venue();
  Recorder::Options options = wanted({Type::trade});
  options.addresses = *Addresses::parse(server.ws_url(), "");
  const Log log{[](std::string_view) {}, [](std::string_view) {}};
  Pipeline pipeline{to.destination(), {}};
  const auto recorder = Recorder::create(loop, tls, venue, options, pipeline, log);
  ASSERT_TRUE(recorder);
  const std::atomic<bool> stop = false;
  const auto result = (*recorder)->run(stop);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::io);
}

}  // namespace
}  // namespace md::record
