#include "store/instruments.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <optional>
#include <unordered_set>

#include "base/buffer.hpp"
#include "base/decimal.hpp"
#include "codec/json.hpp"
#include "codec/json_write.hpp"
#include "codec/line_reader.hpp"
#include "store/loader.hpp"

namespace md::store {
namespace {

namespace json = codec::json;

constexpr std::size_t kBatch = std::size_t{1} << 20;  // bytes that are sent at once

// $1: an array of markets. Numbers of jsonb are exact. Updated first and then inserted, because an
// INSERT that ends in an update uses up an id; its own ON CONFLICT is for rows of loaders that came
// meanwhile.
constexpr const char* kUpsert = R"sql(
WITH given AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS market (
    exchange text, symbol text, base text, quote text, kind text, active boolean,
    tick numeric, step numeric, "contractSize" numeric)
), known AS MATERIALIZED (
  SELECT i.id, g.symbol, g.exchange,
         coalesce(g.base, i.base) AS base, coalesce(g.quote, i.quote) AS quote,
         coalesce(g.kind, i.kind) AS kind, coalesce(g.active, i.active) AS active,
         coalesce(g.tick, i.tick) AS tick, coalesce(g.step, i.step) AS step,
         coalesce(g."contractSize", i.contract_size) AS contract_size
  FROM given g JOIN md.instrument i USING (exchange, symbol)
), changed AS (
  UPDATE md.instrument i
  SET base = k.base, quote = k.quote, kind = k.kind, active = k.active, tick = k.tick,
      step = k.step, contract_size = k.contract_size, updated_at = transaction_timestamp()
  FROM known k
  WHERE i.id = k.id
    AND (i.base, i.quote, i.kind, i.active, i.tick, i.step, i.contract_size) IS DISTINCT FROM
        (k.base, k.quote, k.kind, k.active, k.tick, k.step, k.contract_size)
  RETURNING 1
), added AS (
  INSERT INTO md.instrument AS i (exchange, symbol, base, quote, kind, active, tick, step,
                                  contract_size, updated_at)
  SELECT g.exchange, g.symbol, g.base, g.quote, g.kind, g.active, g.tick, g.step,
         g."contractSize", transaction_timestamp()
  FROM given g
  WHERE NOT EXISTS (SELECT FROM known k WHERE k.exchange = g.exchange AND k.symbol = g.symbol)
  ORDER BY g.exchange COLLATE "C", g.symbol COLLATE "C"
  ON CONFLICT (exchange, symbol) DO UPDATE
  SET base = coalesce(excluded.base, i.base), quote = coalesce(excluded.quote, i.quote),
      kind = coalesce(excluded.kind, i.kind), active = coalesce(excluded.active, i.active),
      tick = coalesce(excluded.tick, i.tick), step = coalesce(excluded.step, i.step),
      contract_size = coalesce(excluded.contract_size, i.contract_size),
      updated_at = excluded.updated_at
  RETURNING 1
)
SELECT (SELECT count(*) FROM added), (SELECT count(*) FROM changed), (SELECT count(*) FROM known)
)sql";

// Views are valid until the next line is read.
struct MarketLine {
  std::string_view exchange, symbol, base, quote, kind;
  std::optional<bool> active;
  std::optional<Decimal> tick, step, contract_size;
};

bool read_flag(const json::Value& value, std::optional<bool>& out) {
  return value.boolean(out.emplace());
}

class MarketReader {
 public:
  Result<MarketLine> read(std::string_view line) {
    // Strings with escapes lie in the parser only until its next string.
    texts_.clear();
    texts_.reserve(line.size());
    MarketLine market;
    const bool read = parser_.read_object(line, [&](json::Key key, json::Value& value) {
      if (key == "exchange") return keep(value, market.exchange);
      if (key == "symbol") return keep(value, market.symbol);
      if (key == "base") return keep(value, market.base);
      if (key == "quote") return keep(value, market.quote);
      if (key == "kind") return keep(value, market.kind);
      if (key == "active") return read_flag(value, market.active);
      if (key == "tick") return value.decimal(market.tick);
      if (key == "step") return value.decimal(market.step);
      if (key == "contractSize") return value.decimal(market.contract_size);
      return true;
    });
    if (!read) return broken("not a market in JSON");
    MD_CHECK(check(market));
    return market;
  }

 private:
  static Error broken(std::string message) { return {Errc::malformed, std::move(message)}; }

  bool keep(const json::Value& value, std::string_view& out) {
    std::string_view text;
    if (!value.is_string() || !value.text(text)) return false;
    const std::size_t begin = texts_.size();
    texts_.append(text);  // never moves: what is unescaped is no longer than the line
    out = std::string_view(texts_).substr(begin);
    return true;
  }

  static Result<void> check_text(std::string_view field, std::string_view text) {
    if (text.size() > kMaxName)
      return broken(fmt::format("{} is longer than {} bytes", field, kMaxName));
    if (text.find('\0') != std::string_view::npos) {
      return broken(fmt::format("{} has a NUL character, which PostgreSQL cannot hold", field));
    }
    if (!simdjson::validate_utf8(text.data(), text.size()))
      return broken(fmt::format("{} is not UTF-8", field));
    return {};
  }

  static Result<void> check_size(std::string_view field, const std::optional<Decimal>& number) {
    if (!number || (!number->is_zero() && !number->is_negative())) return {};
    return broken(fmt::format("{} is not above 0", field));
  }

  static Result<void> check(const MarketLine& market) {
    if (market.exchange.empty()) return broken("market without an exchange");
    if (market.symbol.empty()) return broken("market without a symbol");
    MD_CHECK(check_text("exchange", market.exchange));
    MD_CHECK(check_text("symbol", market.symbol));
    MD_CHECK(check_text("base", market.base));
    MD_CHECK(check_text("quote", market.quote));
    MD_CHECK(check_text("kind", market.kind));
    MD_CHECK(check_size("tick", market.tick));
    MD_CHECK(check_size("step", market.step));
    return check_size("contractSize", market.contract_size);
  }

  json::Parser parser_;
  std::string texts_;
};

// Markets as one JSON array, to go to the server as one parameter.
class Batch {
 public:
  // False: this instrument is in it already; send it first.
  bool add(const MarketLine& market) {
    key_.assign(market.exchange).append(1, '\0').append(market.symbol);
    if (!keys_.insert(key_).second) return false;
    json_.append(json_.empty() ? "[{" : ",{");
    append("\"exchange\":", market.exchange);
    append(",\"symbol\":", market.symbol);
    append(",\"base\":", market.base);
    append(",\"quote\":", market.quote);
    append(",\"kind\":", market.kind);
    if (market.active) json_.append(*market.active ? ",\"active\":true" : ",\"active\":false");
    append(",\"tick\":", market.tick);
    append(",\"step\":", market.step);
    append(",\"contractSize\":", market.contract_size);
    json_.append('}');
    return true;
  }
  bool full() const { return json_.size() >= kBatch; }

  Result<void> send(Database& database, InstrumentCounts& counts) {
    if (json_.empty()) return {};
    json_.append(']');
    const Parameter parameters[] = {std::string(json_.view())};
    MD_TRY(const Rows rows, database.query(kUpsert, parameters));
    const auto number = [&](int column) {
      return static_cast<std::uint64_t>(rows.integer(0, column));
    };
    counts.added += number(0);
    counts.changed += number(1);
    counts.unchanged += number(2) - number(1);
    json_.clear();
    keys_.clear();
    return {};
  }

 private:
  void append(std::string_view name, std::string_view text) {
    if (text.empty()) return;
    json_.append(name);
    char* at = json_.reserve(codec::escaped_size(text.size()) + 2);
    *at++ = '"';
    at = codec::write_escaped(at, text);
    *at++ = '"';
    json_.commit(at);
  }
  void append(std::string_view name, const std::optional<Decimal>& number) {
    if (!number) return;
    json_.append(name);
    json_.commit(number->write(json_.reserve(Decimal::kMaxText)));
  }

  Buffer json_;
  std::string key_;
  std::unordered_set<std::string> keys_;
};

Result<InstrumentCounts> store_lines(Database& database, codec::LineReader& lines,
                                     const RejectMarket& reject, const std::atomic<bool>* stop) {
  const auto refuse = [&](Error error, std::string_view line) {
    if (error.file.empty()) error.file = lines.path() == "-" ? "standard input" : lines.path();
    if (error.line == 0) error.line = lines.line_number();
    return reject(error, line);
  };
  InstrumentCounts counts;
  MarketReader reader;
  Batch batch;
  std::string_view line;
  while (true) {
    if (stop != nullptr && stop->load()) return Error{Errc::temporary, "interrupted"};
    const auto read = lines.next(line);
    if (read == codec::LineReader::Read::end) break;
    if (read == codec::LineReader::Read::damage) {
      if (lines.damage().code != Errc::malformed) return lines.damage();
      MD_CHECK(refuse(lines.damage(), {}));
      continue;
    }
    auto market = reader.read(line);
    if (!market) {
      MD_CHECK(refuse(std::move(market).error(), line));
      continue;
    }
    if (batch.full()) MD_CHECK(batch.send(database, counts));
    if (batch.add(*market)) continue;
    MD_CHECK(batch.send(database, counts));
    batch.add(*market);
  }
  MD_CHECK(batch.send(database, counts));
  return counts;
}

}  // namespace

Result<InstrumentCounts> store_instruments(Database& database, const std::string& path,
                                           const RejectMarket& reject,
                                           const std::atomic<bool>* stop) {
  MD_TRY(codec::LineReader lines, codec::LineReader::open(path));
  MD_CHECK(database.begin());
  auto counts = store_lines(database, lines, reject, stop);
  if (!counts) {
    database.abandon();
    return counts;
  }
  MD_CHECK(database.execute("COMMIT"));
  return counts;
}

}  // namespace md::store
