// How a record becomes what is shown. Shown text is data (security S-23): every value that comes
// in goes through text::for_display, every line begins with words of ours.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/json/fwd.hpp"

namespace sourceos::cli {

enum class Tone { plain, good, warning, bad, dim, strong };
enum class Color { never, always };

// A cell of a table or the value of a field.
struct Cell {
  std::string text;
  Tone tone = Tone::plain;
  bool right = false;  // flush right: numbers
  Cell(std::string words, Tone its_tone = Tone::plain, bool flush_right = false)  // NOLINT: implicit
      : text(std::move(words)), tone(its_tone), right(flush_right) {}
  Cell(const char* words) : text(words) {}             // NOLINT: implicit by intent
  Cell(std::string_view words) : text(words) {}        // NOLINT: implicit by intent
  Cell(const json::Value& value);                      // NOLINT: implicit by intent
};
[[nodiscard]] Cell number(std::uint64_t value);

// The human form of one record, built from top to bottom.
class Text {
 public:
  explicit Text(Color color, std::size_t columns = 100) : color_(color), columns_(columns) {}

  // One line: a sentence of ours with values in it.
  Text& line(std::string_view words, Tone tone = Tone::plain);
  Text& heading(std::string_view words);
  // "label     value"; a value of several lines goes on under itself.
  Text& field(std::string_view label, const Cell& value);
  // Columns as wide as their widest cell. `head` may be empty. The first column must be ours or
  // of a plain grammar: it begins the line.
  Text& table(const std::vector<std::string_view>& head, const std::vector<std::vector<Cell>>& rows);
  // Foreign text, each line behind "| ".
  Text& quoted(std::string_view block);
  // Lines that a program reads and whose every line is of our own making (a checkpoint, a key);
  // still shown by for_display.
  Text& verbatim_lines(std::string_view block);
  // The command to type next.
  Text& next(std::string_view command);
  Text& gap();

  [[nodiscard]] const std::string& str() const { return out_; }

 private:
  [[nodiscard]] std::string painted(std::string_view shown, Tone tone) const;
  Color color_;
  std::size_t columns_;
  std::string out_;
};

// One JSON document: ASCII only, `<` escaped, ends with a newline. Pretty takes many lines.
enum class Layout { pretty, one_line };
[[nodiscard]] std::string to_json_text(const json::Value& value, Layout layout);

// Small readers for print functions: a missing or other-typed value reads as empty, 0, false.
[[nodiscard]] std::string text_of(const json::Value& object, std::string_view key);
[[nodiscard]] std::uint64_t number_of(const json::Value& object, std::string_view key);
[[nodiscard]] bool flag_of(const json::Value& object, std::string_view key);
[[nodiscard]] const json::Value& part_of(const json::Value& object, std::string_view key);

// "1 entry", "12 entries".
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view one, std::string_view many);
// "sha256:1234567890ab" for tables; whole ids stand in fields.
[[nodiscard]] std::string short_id(std::string_view id);

}  // namespace sourceos::cli
