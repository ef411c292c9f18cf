-- Instruments as market lists tell of them, days retired to archives, bars.

-- ---- Instruments: mdload --instruments ---------------------------------------------------------------------------
--
-- Added columns are nullable and without default: no row is rewritten.

ALTER TABLE md.instrument ADD COLUMN active boolean, ADD COLUMN updated_at timestamptz;
COMMENT ON COLUMN md.instrument.active IS 'Whether it was traded when the market list was read; NULL until known.';
COMMENT ON COLUMN md.instrument.updated_at IS 'When a market list last told something new of it; NULL if none has.';

-- ---- Days whose events were dropped because archives have them: mdload --retain --------------------------------

CREATE TABLE md.retired (
  table_name   text COLLATE "C" NOT NULL,
  day          date NOT NULL,
  archive      text COLLATE "C" NOT NULL,
  sha256       bytea NOT NULL CHECK (octet_length(sha256) = 32),
  rows         bigint NOT NULL CHECK (rows >= 0),
  tool_version text NOT NULL,
  retired_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (table_name, day, archive)
);
COMMENT ON TABLE md.retired IS 'Days of events that are not here any more, and the archives that have them. Nothing is loaded into such a day; to have it back, delete its rows here and restore the archives.';
COMMENT ON COLUMN md.retired.table_name IS 'Table of events, without schema: trade.';
COMMENT ON COLUMN md.retired.day IS 'UTC day of timestamp.';
COMMENT ON COLUMN md.retired.archive IS 'File name of an archive that has rows of this day; was verified in full just before.';
COMMENT ON COLUMN md.retired.sha256 IS 'SHA-256 of that file.';
COMMENT ON COLUMN md.retired.rows IS 'Rows of this day that it has and that were dropped here.';
COMMENT ON COLUMN md.retired.tool_version IS 'Program and version that dropped them.';
COMMENT ON COLUMN md.retired.retired_at IS 'When.';

-- ---- One-minute bars, computed from trades a UTC day at a time: mdload --bars ------------------------------------
--
-- With TimescaleDB the table is a continuous aggregate of the same columns, and the function is not there
-- (lib/store/timescale.cpp).

CREATE TABLE md.bar_1m (
  open_timestamp timestamptz NOT NULL,
  trades         bigint NOT NULL,
  instrument_id  integer NOT NULL,
  open           :number NOT NULL,
  high           :number NOT NULL,
  low            :number NOT NULL,
  close          :number NOT NULL,
  volume         :number NOT NULL,
  buy_volume     :number NOT NULL,
  sell_volume    :number NOT NULL,
  vwap           :number,
  PRIMARY KEY (instrument_id, open_timestamp)
);
-- Days are written one after the other, so a range of blocks is a range of time.
CREATE INDEX ON md.bar_1m USING brin (open_timestamp) WITH (autosummarize = on);
COMMENT ON TABLE md.bar_1m IS 'Open, high, low, close and volume of each minute with trades. Readable as md.bars_1m.';
COMMENT ON COLUMN md.bar_1m.open_timestamp IS 'Begin of the minute; its trades have open_timestamp <= timestamp < open_timestamp + 1 minute.';
COMMENT ON COLUMN md.bar_1m.trades IS 'Number of trades.';
COMMENT ON COLUMN md.bar_1m.instrument_id IS 'md.instrument.id';
COMMENT ON COLUMN md.bar_1m.open IS 'Price of the first trade, in the order of timestamp, local_timestamp, load_id, line.';
COMMENT ON COLUMN md.bar_1m.high IS 'Highest price.';
COMMENT ON COLUMN md.bar_1m.low IS 'Lowest price.';
COMMENT ON COLUMN md.bar_1m.close IS 'Price of the last trade, in the order of open.';
COMMENT ON COLUMN md.bar_1m.volume IS 'Sum of amounts, in the unit of md.trade.amount.';
COMMENT ON COLUMN md.bar_1m.buy_volume IS 'Of it, what takers bought.';
COMMENT ON COLUMN md.bar_1m.sell_volume IS 'Of it, what takers sold. Of some trades neither is known.';
COMMENT ON COLUMN md.bar_1m.vwap IS 'Sum of price times amount, divided by volume; a quotient, so rounded (16 digits or more). NULL without volume.';

CREATE VIEW md.bars_1m AS
SELECT i.exchange, i.symbol, b.open_timestamp, b.open, b.high, b.low, b.close, b.volume, b.buy_volume, b.sell_volume,
       b.trades, b.vwap
FROM md.bar_1m b JOIN md.instrument i ON i.id = b.instrument_id;
COMMENT ON VIEW md.bars_1m IS 'md.bar_1m with exchange and symbol.';

-- The bars of one UTC day, in place of those that are there. Gives their number. Two for the same day: the second waits.
CREATE FUNCTION md.fill_bars_1m(day date) RETURNS bigint LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  begins timestamptz := day::timestamp AT TIME ZONE 'UTC';
  ends   timestamptz := begins + interval '24 hours';
  filled bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(28007, day - date '1970-01-01');
  IF EXISTS (SELECT FROM md.retired r WHERE r.table_name = 'trade' AND r.day = fill_bars_1m.day) THEN
    RAISE EXCEPTION 'trades of % are retired to an archive: its bars stay as they are', day;
  END IF;
  DELETE FROM md.bar_1m WHERE open_timestamp >= begins AND open_timestamp < ends;
  INSERT INTO md.bar_1m (open_timestamp, trades, instrument_id, open, high, low, close, volume, buy_volume, sell_volume,
                         vwap)
  -- PostgreSQL computes an aggregate that stands there twice once.
  SELECT date_bin('1 minute', t."timestamp", timestamptz '2000-01-01 00:00:00Z'), count(*), t.instrument_id,
         (array_agg(t.price ORDER BY t."timestamp", t.local_timestamp, t.load_id, t.line))[1],
         max(t.price), min(t.price),
         (array_agg(t.price ORDER BY t."timestamp", t.local_timestamp, t.load_id, t.line))[count(*)],
         sum(t.amount),
         coalesce(sum(t.amount) FILTER (WHERE t.side = 'buy'), 0),
         coalesce(sum(t.amount) FILTER (WHERE t.side = 'sell'), 0),
         sum(t.price * t.amount) / nullif(sum(t.amount), 0)
  FROM md.trade t
  WHERE t."timestamp" >= begins AND t."timestamp" < ends
  GROUP BY 3, 1
  ORDER BY 1, 3;
  GET DIAGNOSTICS filled = ROW_COUNT;
  RETURN filled;
END
$$;
COMMENT ON FUNCTION md.fill_bars_1m(date) IS 'Computes md.bar_1m of one UTC day from md.trade, in place of what is there; gives the number of bars.';
