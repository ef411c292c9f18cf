#include <fmt/format.h>

#include <cerrno>

#include "base/words.hpp"
#include "front/front.hpp"

namespace front {
namespace {

constexpr std::size_t kShown = 160;  // bytes of a bad line that stderr is shown

std::string excerpt(std::string_view line) {
  const std::string text = md::printable(line.substr(0, kShown));
  return line.size() > kShown ? text + "..." : text;
}

}  // namespace

void Rejects::declare(CLI::App& app) {
  app.add_flag("--strict", strict, "end at the first bad line");
  app.add_option("--rejects", path, "append bad lines to FILE")->type_name("FILE");
}

md::Result<RejectLog::File> RejectLog::append_to(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "ae");
  if (file == nullptr) {
    return md::system_error(md::Errc::create, fmt::format("cannot open '{}'", path), errno);
  }
  // Whole lines are kept even if the process is killed: what they belong to may be done by then.
  std::setvbuf(file, nullptr, _IOLBF, BUFSIZ);
  return File{path, std::shared_ptr<std::FILE>(file, std::fclose)};
}

md::Result<void> RejectLog::append(const File& file, std::string_view line) {
  const bool written = std::fwrite(line.data(), 1, line.size(), file.stream.get()) == line.size() &&
                       std::fputc('\n', file.stream.get()) != EOF;
  if (written) return {};
  return md::system_error(md::Errc::io, fmt::format("cannot write '{}'", file.path), errno);
}

md::Result<RejectLog> RejectLog::open(const Rejects& options, const Context& context) {
  RejectLog log;
  log.strict_ = options.strict;
  log.context_ = &context;
  if (options.path.empty()) return log;
  MD_TRY(log.lines_, append_to(options.path));
  MD_TRY(log.reasons_, append_to(options.path + ".reasons"));
  return log;
}

md::Result<void> RejectLog::reject(const md::Error& error, std::string_view line) {
  if (strict_) return error;
  ++count_;
  if (lines_.stream == nullptr) {
    context_->warn(line.empty() ? error.text()
                                : fmt::format("{}: {}", error.text(), excerpt(line)));
    return {};
  }
  context_->warn(error.text());
  if (line.empty()) return {};
  MD_CHECK(append(lines_, line));
  return append(reasons_, md::printable(error.text()));
}

md::Result<Answer> RejectLog::finish(Answer otherwise) {
  for (const File* file : {&lines_, &reasons_}) {
    if (file->stream != nullptr && std::fflush(file->stream.get()) != 0)
      return md::system_error(md::Errc::io, fmt::format("cannot write '{}'", file->path), errno);
  }
  if (count_ == 0) return otherwise;
  context_->error(md::counted(count_, "bad line") + " left out");
  return Answer::bad_data;
}

}  // namespace front
