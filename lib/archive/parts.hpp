// Parts: the finished members of an export that is not, in a directory, so that an export that was
// killed is continued and not begun again.
//
//   DIR/<member>         its content
//   DIR/<member>.json    what is known of it: a line, and a manifest with this one member
//   DIR/<...>.part       being written
//
// <member> is the member's name as one path component. Nothing in there is trusted: a part is taken
// if its record can be read, was made of the same source, and its content has the SHA-256 that the
// record says. So nothing needs to reach the disk in any order.
//
// Threads may use different members at the same time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "archive/manifest.hpp"
#include "archive/source.hpp"
#include "base/result.hpp"
#include "codec/file.hpp"

namespace md::archive {

struct Part {
  Member member;  // without its place in the archive
  Oddities oddities;
};

class Parts {
 public:
  // Makes the directory. `period` is that of the members. Errors: create, permission.
  static Result<Parts> open(std::string directory, Period period);
  Parts(Parts&& other) noexcept
      : directory_(std::move(other.directory_)), period_(std::move(other.period_)) {
    other.directory_.clear();
  }
  Parts& operator=(Parts&&) = delete;
  // Takes the directory away if nothing is in it.
  ~Parts();

  // The part of a member, if it was kept with the same fingerprint and is whole.
  std::optional<Part> find(const std::string& member, std::string_view fingerprint) const;
  // An empty file for a member's content. Errors: create, permission.
  Result<codec::Fd> create(const std::string& member) const;
  // Keeps what was written to it. Errors: io.
  Result<void> keep(const Part& part, std::string_view fingerprint) const;
  // The content. Errors: io.
  Result<codec::Fd> open_content(const std::string& member) const;
  // Removes one of them, or all, and what was left there by others.
  void remove(const std::string& member) const;
  void remove_all() const;

 private:
  Parts(std::string directory, Period period)
      : directory_(std::move(directory)), period_(std::move(period)) {}
  std::string path(const std::string& member) const;

  std::string directory_;
  Period period_;
};

}  // namespace md::archive
