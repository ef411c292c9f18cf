// Errors are values: a function that can fail returns Result<T>.
//
// Result has the member names of C++23's std::expected, so that it can become it one day.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace md {

// What kind of failure; tools/front maps each to an exit code.
enum class Errc : std::uint8_t {
  malformed,    // input data is not what its format says
  not_found,    // input missing or unreadable
  io,           // read or write failed
  exists,       // output is already there
  create,       // output cannot be created
  unavailable,  // venue or database out of reach
  temporary,    // worth trying again later
  protocol,     // the other side broke its protocol
  permission,
  config,
  usage,
  internal,  // our own bug
};

// One sentence for a person, and where it happened.
struct Error {
  Errc code = Errc::internal;
  std::string message;     // lower case, what failed first, subject quoted, no full stop
  std::string file{};      // input it is about, if any
  std::uint64_t line = 0;  // 1-based, 0 = not about a line
  std::uint64_t byte = 0;  // 1-based offset in the line, 0 = unknown

  // "file:line:byte: message", as far as known.
  std::string text() const;
};

// Error with errno's text appended: "cannot open 'x': No such file or directory".
Error system_error(Errc code, std::string_view what, int error_number);

template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  // Implicit, both: `return value;` and `return error;`.
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return *std::get_if<0>(&state_); }
  const T& operator*() const& { return *std::get_if<0>(&state_); }
  T&& operator*() && { return std::move(*std::get_if<0>(&state_)); }
  T* operator->() { return std::get_if<0>(&state_); }
  const T* operator->() const { return std::get_if<0>(&state_); }
  Error& error() & { return std::get<1>(state_); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;
  Result() = default;
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(Error error) : error_(std::move(error)) {}

  bool has_value() const { return !error_; }
  explicit operator bool() const { return has_value(); }
  Error& error() & { return *error_; }
  const Error& error() const& { return *error_; }
  Error&& error() && { return *std::move(error_); }

 private:
  std::optional<Error> error_;
};

}  // namespace md

#define MD_CONCAT_2(a, b) a##b
#define MD_CONCAT(a, b) MD_CONCAT_2(a, b)

// MD_TRY(auto x, f()): declares x with f()'s value, or returns f()'s error from this function.
#define MD_TRY(declaration, expression) \
  MD_TRY_AS(MD_CONCAT(md_try_, __LINE__), declaration, expression)
#define MD_TRY_AS(name, declaration, expression)         \
  auto name = (expression);                              \
  if (!name.has_value()) return std::move(name).error(); \
  declaration = *std::move(name)

// MD_CHECK(f()): returns f()'s error from this function if it failed.
#define MD_CHECK(expression)                                                                     \
  do {                                                                                           \
    if (auto md_check = (expression); !md_check.has_value()) return std::move(md_check).error(); \
  } while (false)
