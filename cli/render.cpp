#include "cli/render.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/text.hpp"

namespace sourceos::cli {

namespace {

constexpr std::size_t k_label_width = 14;

std::string_view escape_of(Tone tone) {
  switch (tone) {
    case Tone::good:
      return "\x1b[32m";
    case Tone::warning:
      return "\x1b[33m";
    case Tone::bad:
      return "\x1b[31m";
    case Tone::dim:
      return "\x1b[2m";
    case Tone::strong:
      return "\x1b[1m";
    case Tone::plain:
      break;
  }
  return "";
}

// Columns that a string takes: code points, which is right for all but wide and joined scripts.
std::size_t width_of(std::string_view shown) {
  return static_cast<std::size_t>(std::count_if(shown.begin(), shown.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string spaces(std::size_t count) { return std::string(count, ' '); }

}  // namespace

Cell::Cell(const json::Value& value) {
  if (value.is_string()) {
    text = value.get<std::string>();
  } else if (value.is_number()) {
    text = value.dump();
    right = true;
  } else if (value.is_boolean()) {
    text = value.get<bool>() ? "yes" : "no";
  } else if (value.is_null()) {
    text = "-";
    tone = Tone::dim;
  }
}

Cell number(std::uint64_t value) { return {std::to_string(value), Tone::plain, true}; }

std::string Text::painted(std::string_view shown, Tone tone) const {
  if (color_ == Color::never || tone == Tone::plain || shown.empty()) {
    return std::string(shown);
  }
  return fmt::format("{}{}\x1b[0m", escape_of(tone), shown);
}

Text& Text::line(std::string_view words, Tone tone) {
  out_ += painted(text::for_display_line(words), tone) + "\n";
  return *this;
}

Text& Text::heading(std::string_view words) {
  if (!out_.empty()) {
    gap();
  }
  return line(words, Tone::strong);
}

Text& Text::field(std::string_view label, const Cell& value) {
  const std::string shown = text::for_display(value.text);
  const std::string first = fmt::format("{:<{}}", label, k_label_width);
  const auto values = text::lines(shown);
  if (values.size() <= 1) {
    out_ += first + painted(text::for_display_line(shown), value.tone) + "\n";
    return *this;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    out_ += (i == 0 ? first : spaces(k_label_width - 2) + "| ") +
            painted(text::for_display_line(values[i]), value.tone) + "\n";
  }
  return *this;
}

Text& Text::table(const std::vector<std::string_view>& head,
                  const std::vector<std::vector<Cell>>& rows) {
  std::vector<std::size_t> widths;
  const auto widen = [&widths](std::size_t column, std::size_t width) {
    widths.resize(std::max(widths.size(), column + 1));
    widths[column] = std::max(widths[column], width);
  };
  for (std::size_t i = 0; i < head.size(); ++i) {
    widen(i, head[i].size());
  }
  std::vector<std::vector<std::string>> shown;
  for (const auto& row : rows) {
    auto& cells = shown.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      cells.push_back(text::for_display_line(row[i].text));
      widen(i, width_of(cells.back()));
    }
  }
  const auto put = [&](std::size_t column, bool last, std::string_view cell, Tone tone, bool right) {
    const std::string padding = spaces(widths[column] - std::min(widths[column], width_of(cell)));
    out_ += right ? padding + painted(cell, tone)
                  : painted(cell, tone) + (last ? std::string() : padding);
    out_ += last ? "\n" : "  ";
  };
  const auto flush_right = [&](std::size_t column) {
    return !rows.empty() && column < rows.front().size() && rows.front()[column].right;
  };
  for (std::size_t i = 0; i < head.size(); ++i) {
    put(i, i + 1 == head.size(), head[i], Tone::dim, flush_right(i));
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t i = 0; i < rows[r].size(); ++i) {
      put(i, i + 1 == rows[r].size(), shown[r][i], rows[r][i].tone, rows[r][i].right);
    }
  }
  return *this;
}

Text& Text::quoted(std::string_view block) {
  for (const std::string_view each : text::lines(block)) {
    out_ += painted("| ", Tone::dim) + text::for_display_line(each) + "\n";
  }
  return *this;
}

Text& Text::verbatim_lines(std::string_view block) {
  out_ += text::for_display(block);
  return *this;
}

Text& Text::next(std::string_view command) {
  out_ += painted("next", Tone::dim) + spaces(k_label_width - 4) +
          text::for_display_line(command) + "\n";
  return *this;
}

Text& Text::gap() {
  out_ += "\n";
  return *this;
}

std::string to_json_text(const json::Value& value, Layout layout) {
  const std::string plain = value.dump(layout == Layout::pretty ? 2 : -1, ' ', true,
                                       nlohmann::json::error_handler_t::replace);
  std::string out;
  out.reserve(plain.size() + 1);
  for (const char c : plain) {
    if (c == '<') {
      out += "\\u003c";
    } else {
      out += c;
    }
  }
  return out + "\n";
}

std::string text_of(const json::Value& object, std::string_view key) {
  const json::Value& value = part_of(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::uint64_t number_of(const json::Value& object, std::string_view key) {
  const json::Value& value = part_of(object, key);
  return value.is_number_unsigned() || value.is_number_integer() ? value.get<std::uint64_t>() : 0;
}

bool flag_of(const json::Value& object, std::string_view key) {
  const json::Value& value = part_of(object, key);
  return value.is_boolean() && value.get<bool>();
}

const json::Value& part_of(const json::Value& object, std::string_view key) {
  static const json::Value k_null;
  if (!object.is_object()) {
    return k_null;
  }
  const auto found = object.find(std::string(key));
  return found == object.end() ? k_null : *found;
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string short_id(std::string_view id) {
  constexpr std::size_t k_shown = sizeof("sha256:") - 1 + 12;
  return std::string(id.starts_with("sha256:") ? id.substr(0, k_shown) : id);
}

}  // namespace sourceos::cli
