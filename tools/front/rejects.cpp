#include <fmt/format.h>

#include <cerrno>

#include "front/front.hpp"

namespace front {
namespace {

constexpr std::size_t kShown = 160;  // bytes of a bad line that stderr is shown

// The beginning of a line, safe for a terminal.
std::string excerpt(std::string_view line) {
  std::string text;
  for (const char c : line.substr(0, kShown)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      text += fmt::format("\\x{:02x}", byte);
    } else {
      text += c;
    }
  }
  return line.size() > kShown ? text + "..." : text;
}

}  // namespace

void Rejects::declare(CLI::App& app) {
  app.add_flag("--strict", strict, "end at the first bad line");
  app.add_option("--rejects", path, "append bad lines to FILE")->type_name("FILE");
}

md::Result<RejectLog> RejectLog::open(const Rejects& options, const Context& context) {
  RejectLog log;
  log.strict_ = options.strict;
  log.context_ = &context;
  if (options.path.empty()) return log;
  log.path_ = options.path;
  std::FILE* file = std::fopen(options.path.c_str(), "ae");
  if (file == nullptr) {
    return md::system_error(md::Errc::create, fmt::format("cannot open '{}'", options.path), errno);
  }
  // Whole lines are kept even if the process is killed: what they belong to may be done by then.
  std::setvbuf(file, nullptr, _IOLBF, BUFSIZ);
  log.file_ = std::shared_ptr<std::FILE>(file, std::fclose);
  return log;
}

md::Result<void> RejectLog::reject(const md::Error& error, std::string_view line) {
  if (strict_) return error;
  ++count_;
  if (file_ == nullptr) {
    context_->warn(line.empty() ? error.text()
                                : fmt::format("{}: {}", error.text(), excerpt(line)));
    return {};
  }
  context_->warn(error.text());
  if (line.empty()) return {};
  const bool written = std::fwrite(line.data(), 1, line.size(), file_.get()) == line.size() &&
                       std::fputc('\n', file_.get()) != EOF;
  if (written) return {};
  return md::system_error(md::Errc::io, fmt::format("cannot write '{}'", path_), errno);
}

md::Result<Answer> RejectLog::finish(Answer otherwise) {
  if (file_ != nullptr && std::fflush(file_.get()) != 0) {
    return md::system_error(md::Errc::io, fmt::format("cannot write '{}'", path_), errno);
  }
  if (count_ == 0) return otherwise;
  context_->error(fmt::format("{} bad line{} left out", count_, count_ == 1 ? "" : "s"));
  return Answer::bad_data;
}

}  // namespace front
