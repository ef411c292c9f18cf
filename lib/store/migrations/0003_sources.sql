-- Sources: standard input under a name (mdload --source), stored batch by batch. A batch, its place in md.source and the
-- ledger's row are one transaction, so the same text given again goes on where it ended.

CREATE TABLE md.source (
  load_id    integer PRIMARY KEY REFERENCES md.load (id),
  name       text COLLATE "C" NOT NULL UNIQUE,
  lines      bigint NOT NULL CHECK (lines > 0),
  sha256     bytea NOT NULL CHECK (octet_length(sha256) = 32),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE md.source IS 'How far each source of mdload --source is stored.';
COMMENT ON COLUMN md.source.load_id IS 'md.load.id: one for the whole source, which grows with each batch.';
COMMENT ON COLUMN md.source.name IS 'What --source called it; its row in the ledger is named ''source:'' and this.';
COMMENT ON COLUMN md.source.lines IS 'Lines of its text that are stored, or left out as bad: it goes on with the next.';
COMMENT ON COLUMN md.source.sha256 IS 'SHA-256 of those lines, decompressed, each with its newline: head -n LINES | sha256sum.';
COMMENT ON COLUMN md.source.updated_at IS 'When the last batch was stored.';

COMMENT ON COLUMN md.load.name IS 'File: from exchange= on in a lake, else the absolute path; ''source:NAME'' of mdload --source; ''-'' is another pipe.';
COMMENT ON COLUMN md.load.sha256 IS 'SHA-256 of the file''s bytes; of a pipe: of its lines, decompressed, each with its newline; of a source: of its name here, a newline, and md.source.sha256 in hexadecimal, so that two sources may have the same text.';
