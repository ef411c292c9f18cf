#include "sim/capture.hpp"

#include <algorithm>
#include <utility>

#include "venue/registry.hpp"

namespace md::sim {

// ---- CaptureReader
// --------------------------------------------------------------------------------------------

CaptureReader::CaptureReader(std::vector<std::string> files, std::string exchange)
    : files_(std::move(files)), exchange_(std::move(exchange)), reader_(exchange_) {}

CaptureReader::Read CaptureReader::next(RawLine& raw) {
  for (;;) {
    text_ = {};
    if (lines_ == nullptr) {
      if (next_file_ == files_.size()) return Read::end;
      auto opened = codec::LineReader::open(files_[next_file_++]);
      if (!opened) {
        error_ = std::move(opened).error();
        return Read::bad;
      }
      lines_ = std::make_unique<codec::LineReader>(*std::move(opened));
    }
    std::string_view line;
    switch (lines_->next(line)) {
      case codec::LineReader::Read::end:
        lines_.reset();
        continue;
      case codec::LineReader::Read::damage:
        error_ = lines_->damage();
        return Read::bad;
      case codec::LineReader::Read::line:
        break;
    }
    if (line.empty()) continue;
    if (!reader_.read(line, raw)) {
      error_ = reader_.error();
      error_.file = lines_->path();
      error_.line = lines_->line_number();
      text_ = line;
      return Read::bad;
    }
    if (exchange_.empty()) exchange_ = raw.exchange;
    if (raw.exchange == exchange_) return Read::line;
  }
}

// ---- index_capture
// --------------------------------------------------------------------------------------------

Result<CaptureIndex> index_capture(const std::vector<std::string>& files,
                                   const std::string& exchange, const OnBadLine& on_bad) {
  CaptureIndex index;
  CaptureReader reader(files, exchange);
  RawLine raw;
  for (;;) {
    const CaptureReader::Read read = reader.next(raw);
    if (read == CaptureReader::Read::end) break;
    if (read == CaptureReader::Read::bad) {
      if (reader.error().code != Errc::malformed) return reader.error();
      MD_CHECK(on_bad(reader.error(), reader.text()));
      continue;
    }
    if (raw.kind == RawKind::reply) index.answers.add(raw.request, raw.status, raw.data);
    if (raw.kind != RawKind::frame) continue;
    if (index.frames++ == 0) index.first_frame = raw.local_timestamp;
  }
  if (index.frames == 0)
    return Error{.code = Errc::malformed,
                 .message = "no frame to serve in '" + files.front() + "'"};
  index.venue = venue::find(reader.exchange());
  if (index.venue == nullptr || make_wire(index.venue->id) == nullptr) {
    return Error{.code = Errc::usage,
                 .message = "cannot speak the protocol of '" + reader.exchange() + "'"};
  }
  return index;
}

// ---- FrameSorter
// ----------------------------------------------------------------------------------------------

class FrameSorter::Notes final : public venue::Sink {
 public:
  explicit Notes(std::vector<Stream>& streams) : streams_(streams) {}
  void on_event(const Event& event) override { note(event.type(), event.symbol); }
  void on_book(const venue::BookUpdate& update) override { note(Type::book_change, update.symbol); }
  void on_request(const venue::Request&) override {}

 private:
  // Frames are of one channel. What an adapter makes of it besides, such as a ticker out of a book,
  // is not another stream: who subscribes to that channel gets the frame, once.
  void note(Type type, std::string_view symbol) {
    if (!streams_.empty() && (streams_.front().type != type || streams_.back().symbol == symbol))
      return;
    streams_.push_back({type, std::string(symbol)});
  }

  std::vector<Stream>& streams_;
};

FrameSorter::FrameSorter(const venue::Venue& venue) : venue_(venue), wire_(make_wire(venue.id)) {}

std::span<const Stream> FrameSorter::streams_of(const RawLine& raw) {
  streams_.clear();
  Notes notes(streams_);
  if (raw.kind == RawKind::connect) sessions_.erase(raw.connection);
  if (raw.kind == RawKind::reply) {
    const venue::Reply reply{raw.request, raw.status == 0 ? 200 : raw.status, raw.data,
                             raw.local_timestamp};
    for (auto& [connection, session] : sessions_)
      static_cast<void>(session->on_reply(reply, notes));
    streams_.clear();
  }
  if (raw.kind != RawKind::frame) return {};
  auto& session = sessions_[raw.connection];
  if (session == nullptr) session = venue_.session();
  const auto kind = session->on_frame({raw.data, raw.local_timestamp}, notes);
  if (!streams_.empty() || !kind) return streams_;
  // An adapter that passes over the first frame of a stream, or an empty one, does so at the
  // client's end too.
  if (*kind == venue::FrameKind::history || *kind == venue::FrameKind::empty) {
    if (auto stream = wire_->stream_of(raw.data)) streams_.push_back(*std::move(stream));
  }
  return streams_;
}

}  // namespace md::sim
