// The three streams of the process and what is known of them. Tests give strings.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace sourceos::cli {

class Console {
 public:
  virtual ~Console() = default;
  // Writes all of it, or says why not (a full disk behind stdout is an error like any other).
  [[nodiscard]] virtual Status out(std::string_view bytes) = 0;
  // For people; cannot be helped when it does not work.
  virtual void err(std::string_view text) = 0;
  // Up to `size` bytes of stdin; 0 at its end.
  [[nodiscard]] virtual Result<std::size_t> in(char* buffer, std::size_t size) = 0;

  [[nodiscard]] virtual bool out_is_terminal() const { return false; }
  [[nodiscard]] virtual bool err_is_terminal() const { return false; }
  [[nodiscard]] virtual bool in_is_terminal() const { return false; }
  [[nodiscard]] virtual std::size_t columns() const { return 100; }
  // NO_COLOR is set, or TERM is dumb.
  [[nodiscard]] virtual bool color_unwanted() const { return false; }
};

// Descriptors 0, 1 and 2.
[[nodiscard]] std::unique_ptr<Console> process_console();

// Strings in, strings out.
class StringConsole final : public Console {
 public:
  explicit StringConsole(std::string input = {}) : input_(std::move(input)) {}
  [[nodiscard]] Status out(std::string_view bytes) override;
  void err(std::string_view text) override { error_text += text; }
  [[nodiscard]] Result<std::size_t> in(char* buffer, std::size_t size) override;
  [[nodiscard]] bool out_is_terminal() const override { return terminal; }
  [[nodiscard]] bool err_is_terminal() const override { return terminal; }

  std::string output;
  std::string error_text;
  bool terminal = false;

 private:
  std::string input_;
  std::size_t taken_ = 0;
};

}  // namespace sourceos::cli
