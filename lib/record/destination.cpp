#include "record/destination.hpp"

#include <utility>

#include "codec/file.hpp"

namespace md::record {
namespace {

class DescriptorDestination final : public Destination {
 public:
  DescriptorDestination(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}

  Result<void> write(std::string_view lines, Micros) override {
    MD_CHECK(codec::write_all(fd_, lines, name_));
    bytes_out_ += lines.size();
    return {};
  }
  Result<void> flush() override { return {}; }
  Result<void> close() override { return {}; }
  std::uint64_t bytes_out() const override { return bytes_out_; }

 private:
  int fd_;
  std::string name_;
  std::uint64_t bytes_out_ = 0;
};

class SpoolDestination final : public Destination {
 public:
  explicit SpoolDestination(codec::SpoolWriter writer) : writer_(std::move(writer)) {}

  Result<void> write(std::string_view lines, Micros received) override {
    return writer_.write(lines, received);
  }
  Result<void> flush() override { return writer_.flush(); }
  Result<void> close() override { return writer_.close(); }
  std::uint64_t bytes_out() const override { return writer_.bytes_out(); }
  bool has_files() const override { return true; }
  bool due(Micros now) const override { return writer_.due(now); }
  Result<void> set_aside() override { return writer_.set_aside(); }
  Result<void> record_loss(std::string_view lines, Micros now) override {
    return writer_.record_loss(lines, now);
  }

 private:
  codec::SpoolWriter writer_;
};

}  // namespace

std::unique_ptr<Destination> to_descriptor(int fd, std::string name) {
  return std::make_unique<DescriptorDestination>(fd, std::move(name));
}

std::unique_ptr<Destination> to_spool(codec::SpoolWriter writer) {
  return std::make_unique<SpoolDestination>(std::move(writer));
}

}  // namespace md::record
