// LakeSource: rows from LAKE/exchange=E/type=T/symbol=S/date=YYYY-MM-DD.ndjson.zst (or .gz, or
// plain).
//
// Connection events, which have no symbol, lie under symbol=_.
//
// A row belongs to the day that its timestamp says. The files of the day before and the day after
// the period are read too, so that a row filed under a neighbouring day is not lost.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "archive/source.hpp"

namespace md::archive {

class LakeSource final : public Source {
 public:
  // Called for each line or damaged place that gives no row; an error given back ends the reading.
  using Reject = std::function<Result<void>(const Error& error, std::string_view line)>;

  // Errors: not_found, permission if `directory` cannot be listed.
  static Result<std::unique_ptr<Source>> open(const std::string& directory, Reject reject);

  Result<std::vector<Stream>> streams(const Period& period) override;
  Result<Oddities> read(const Stream& stream, const Period& period, const TakeEvent& take) override;
  // Paths, sizes, inodes and times of change of the stream's files.
  Result<std::string> fingerprint(const Stream& stream, const Period& period) override;
  Result<std::unique_ptr<Source>> another() override;
  std::vector<std::string> arguments() const override { return {"--lake", directory_}; }

 private:
  struct Shared {
    std::mutex mutex;
    Reject reject;
  };
  LakeSource(std::string directory, std::shared_ptr<Shared> shared)
      : directory_(std::move(directory)), shared_(std::move(shared)) {}
  Result<void> read_file(const std::string& path, Type type, std::int64_t day, const Stream& stream,
                         const Period& period, const TakeEvent& take);
  Result<void> reject(const Error& error, std::string_view line);

  std::string directory_;
  std::shared_ptr<Shared> shared_;
  Oddities oddities_;  // of the stream being read
};

}  // namespace md::archive
