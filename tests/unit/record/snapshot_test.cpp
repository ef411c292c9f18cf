#include "record/snapshot.hpp"

#include <gtest/gtest.h>

namespace md::record {
namespace {

Snapshot example() {
  Snapshot s;
  s.venue = "kraken";
  s.started = *parse_iso("2026-11-20T10:00:00Z");
  s.taken = s.started + kHour + 2 * kMinute + 3 * kSecond;
  s.symbols = 7;
  s.messages = 1234;
  s.bytes = 3 << 20;
  s.feed.frames[0] = 1200;
  s.feed.malformed = 1;
  s.feed.events[static_cast<std::size_t>(Type::trade)] = 1000;
  s.feed.events[static_cast<std::size_t>(Type::gap)] = 3;
  s.gaps[static_cast<std::size_t>(GapReason::checksum)] = 2;
  s.gaps[static_cast<std::size_t>(GapReason::sequence)] = 1;
  for (int i = 0; i < 100; ++i) s.delays.add(30);
  s.delays.add(-5000);
  s.books = {2000, 412};
  s.rest = {.queue = {1, 0, 1588, 2}, .weight_used = 4800, .refusals = 3, .bans = 1};
  s.reconnects = 4;
  s.connect_failures = 5;
  s.rollovers = 6;
  s.connections = {{1, 1, 1, 100}, {2, 0, 1, 61'500}};
  s.streams = {2, 7};
  s.output = {2048, 64 << 20, 5000, 700};
  return s;
}

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST(Snapshot, MetricsSayWhatWasCounted) {
  const std::string text = metrics_text(std::vector{example()});
  for (const char* line : {
           "mdrecord_start_time_seconds{venue=\"kraken\"} 1795168800.000000",
           "mdrecord_messages_total{venue=\"kraken\"} 1234",
           "mdrecord_message_bytes_total{venue=\"kraken\"} 3145728",
           "mdrecord_frames_total{venue=\"kraken\",kind=\"malformed\"} 1",
           "mdrecord_events_total{venue=\"kraken\",type=\"trade\"} 1000",
           "mdrecord_events_total{venue=\"kraken\",type=\"liquidation\"} 0",
           "mdrecord_gaps_total{venue=\"kraken\",reason=\"sequence\"} 1",
           "mdrecord_gaps_total{venue=\"kraken\",reason=\"checksum\"} 2",
           "mdrecord_checksum_failures_total{venue=\"kraken\"} 2",
           "mdrecord_reconnects_total{venue=\"kraken\"} 4",
           "mdrecord_connect_failures_total{venue=\"kraken\"} 5",
           "mdrecord_rollovers_total{venue=\"kraken\"} 6",
           "mdrecord_connection_open{venue=\"kraken\",connection=\"1\"} 1",
           "mdrecord_connection_open{venue=\"kraken\",connection=\"2\"} 0",
           "mdrecord_seconds_since_last_message{venue=\"kraken\",connection=\"2\"} 61.5",
           "mdrecord_books{venue=\"kraken\"} 2000",
           "mdrecord_books_live{venue=\"kraken\"} 412",
           "mdrecord_rest_queue_requests{venue=\"kraken\",urgency=\"lost_book\"} 1",
           "mdrecord_rest_queue_requests{venue=\"kraken\",urgency=\"first_book\"} 1588",
           "mdrecord_rest_weight_used{venue=\"kraken\"} 4800",
           "mdrecord_rest_refusals_total{venue=\"kraken\"} 3",
           "mdrecord_rest_bans_total{venue=\"kraken\"} 1",
           "mdrecord_silent_streams{venue=\"kraken\"} 2",
           "mdrecord_dead_streams_total{venue=\"kraken\"} 7",
           "mdrecord_feed_delay_seconds{venue=\"kraken\",quantile=\"0.5\"} 3e-05",
           "mdrecord_feed_delay_seconds_sum{venue=\"kraken\"} -0.002",
           "mdrecord_feed_delay_seconds_count{venue=\"kraken\"} 101",
           "mdrecord_clock_offset_seconds{venue=\"kraken\"} -0.005",
           "mdrecord_reading_paused{venue=\"kraken\"} 0",
           "mdrecord_queue_bytes{venue=\"kraken\"} 2048",
           "mdrecord_queue_limit_bytes{venue=\"kraken\"} 67108864",
           "mdrecord_output_line_bytes_total{venue=\"kraken\"} 5000",
           "mdrecord_output_written_bytes_total{venue=\"kraken\"} 700",
       }) {
    EXPECT_TRUE(has_line(text, line)) << line << "\n" << text;
  }
}

TEST(Snapshot, EverySampleStandsBehindItsFamily) {
  const std::string text = metrics_text(std::vector{example()});
  std::string family;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    const std::string line = text.substr(at, text.find('\n', at) - at);
    if (line.starts_with("# HELP ")) {
      family = line.substr(7, line.find(' ', 7) - 7);
    } else if (line.starts_with("# TYPE ")) {
      EXPECT_EQ(line.substr(7, line.find(' ', 7) - 7), family);
    } else {
      EXPECT_EQ(line.substr(0, family.size()), family);
    }
  }
  EXPECT_TRUE(text.ends_with('\n'));
}

TEST(Snapshot, VenuesShareFamilies) {
  std::vector<Snapshot> two{example(), example()};
  two[1].venue = "binance";
  two[1].waiting = true;
  const std::string text = metrics_text(two);
  EXPECT_NE(text.find("\nmdrecord_symbols{venue=\"kraken\"} 7\n"
                      "mdrecord_symbols{venue=\"binance\"} 7\n# HELP "),
            text.npos)
      << text;
  EXPECT_EQ(text.find("# HELP mdrecord_symbols "), text.rfind("# HELP mdrecord_symbols "));
  EXPECT_EQ(status_line(two, 3),
            "1 of 2 venues: recording; 2 of 4 connections open, 3 messages a second");
  EXPECT_TRUE(has_line(status_text(two[1], 0, ""), "state        waiting for the market list"));
}

TEST(Snapshot, WhatIsNotKnownIsNotMadeUp) {
  Snapshot s = example();
  s.delays = {};
  const std::string text = metrics_text(std::vector{s});
  EXPECT_EQ(text.find("quantile="), text.npos);
  EXPECT_EQ(text.find("mdrecord_clock_offset_seconds{"), text.npos);
  EXPECT_TRUE(has_line(status_text(s, 0, ""), "clock        unknown"));
}

TEST(Snapshot, StatusIsForPeople) {
  Snapshot s = example();
  EXPECT_EQ(status_text(s, 20.4, "http://127.0.0.1:1/metrics"),
            "venue        kraken\n"
            "state        recording\n"
            "at           2026-11-20T11:02:03Z, 1:02:03 after the start\n"
            "markets      7\n"
            "connections  1 of 2 open, 4 reconnects, 5 failed attempts, 6 rollovers; longest "
            "silence 61.5 s (connection 2)\n"
            "streams      2 silent, 7 found dead so far\n"
            "messages     1234, 20 a second, 3.0 MiB\n"
            "events       1000 trade, 3 gap\n"
            "books        412 of 2000 have their snapshot\n"
            "requests     1591 by REST wait; refused 3 times, banned 1 times\n"
            "gaps         1 sequence, 2 checksum\n"
            "feed delay   median 0.0 ms, 90 % 0.0 ms, 99 % 0.0 ms\n"
            "clock        at least 5.0 ms behind the venue's\n"
            "output       700 bytes written, 2.0 KiB of 64.0 MiB wait\n"
            "metrics      http://127.0.0.1:1/metrics\n");
  EXPECT_EQ(status_line(std::vector{s}, 20.4),
            "kraken: recording; 1 of 2 connections open, 20 messages a second");
  s.stopped = true;
  EXPECT_TRUE(has_line(status_text(s, 0, ""), "state        stopped"));
}

}  // namespace
}  // namespace md::record
