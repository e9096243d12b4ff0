// Two lines are joined on evidence alone, since most lines that end in a token are whole: a soft
// break `=`, a first line of a width at which programs wrap, or a next line that is nothing but the
// rest of the token behind the same prefix or indentation.
#include "redact/joined_lines.hpp"

#include "redact/secret_name.hpp"

#include <algorithm>
#include <array>

namespace sourceos::redact {

namespace {

constexpr std::size_t k_run_bytes_min = 12;   // of a token before the break
constexpr std::size_t k_rest_bytes_min = 4;   // and behind it
constexpr std::size_t k_prefix_bytes_min = 8;
constexpr std::size_t k_joined_bytes_max = 8 * 1024;
constexpr std::array<std::size_t, 12> k_widths = {64, 70, 72, 75, 76, 78, 79, 80, 100, 120, 132, 160};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_token(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || std::string_view("_-+/.=").contains(c);
}

struct Line {
  std::size_t from = 0, to = 0;  // without its end
  std::size_t next = 0;          // where the next one begins
};

std::optional<Line> line_at(std::string_view text, std::size_t from) {
  if (from >= text.size()) {
    return std::nullopt;
  }
  const std::size_t end = std::min(text.find('\n', from), text.size());
  const std::size_t to = end > from && text[end - 1] == '\r' ? end - 1 : end;
  return Line{from, to, end + 1};
}

// Where the two lines stop being the same, digits aside; only behind a blank.
std::size_t shared_prefix(std::string_view first, std::string_view next) {
  std::size_t shared = 0;
  for (std::size_t at = 0; at < std::min(first.size(), next.size()); ++at) {
    if (first[at] != next[at] && !(is_digit(first[at]) && is_digit(next[at]))) {
      break;
    }
    shared = is_blank(first[at]) ? at + 1 : shared;
  }
  return shared;
}

// Another name and its value.
bool is_pair(std::string_view run) {
  const std::size_t sign = run.find('=');
  return sign != std::string_view::npos && run.find_first_not_of('=', sign) != std::string_view::npos;
}

// `session: `, `key=`: what stands in front of the token names it.
bool ends_in_name(std::string_view prefix) {
  while (!prefix.empty() && std::string_view(" \t:=").contains(prefix.back())) {
    prefix.remove_suffix(1);
  }
  return meaning_of_name(prefix.substr(prefix.find_last_of(" \t") + 1)).strength != NameStrength::none;
}

bool is_mixed(std::string_view run) {
  const auto digits = std::ranges::count_if(run, is_digit);
  const auto capitals = std::ranges::count_if(run, [](char c) { return c >= 'A' && c <= 'Z'; });
  return digits > 0 || capitals > 1;
}

std::size_t run_end(std::string_view text, std::size_t from, std::size_t to) {
  while (from < to && is_token(text[from])) {
    ++from;
  }
  return from;
}

bool ends_in_run(std::string_view line) {
  return line.size() >= k_run_bytes_min && std::ranges::all_of(line.substr(line.size() - k_run_bytes_min), is_token);
}

}  // namespace

std::optional<JoinedLines> join_lines(std::string_view text, std::size_t begin, std::size_t end) {
  const auto first = line_at(text, begin);
  if (!first || first->next >= text.size() || end > first->to) {
    return std::nullopt;
  }
  std::size_t run = end;
  while (run > first->from && is_token(text[run - 1])) {
    --run;
  }
  const std::string_view line = text.substr(first->from, first->to - first->from);
  const bool soft = first->to > first->from && text[first->to - 1] == '=' && line.size() >= k_widths.front() && line.size() <= 76;
  if (first->to - end > (soft ? 1U : 0U) || end - run < k_run_bytes_min) {
    return std::nullopt;
  }
  const bool wide = std::ranges::find(k_widths, line.size()) != k_widths.end();
  JoinedLines out;
  out.sure = soft || wide;
  const std::size_t first_to = soft ? first->to - 1 : first->to;
  out.first = first_to - first->from;
  std::size_t width = line.size();
  for (auto next = line_at(text, first->next); next; next = line_at(text, next->next)) {
    const std::string_view here = text.substr(next->from, next->to - next->from);
    if (!soft && !wide && !ends_in_run(here)) {
      break;
    }
    std::size_t from = next->from;
    const std::size_t prefix = shared_prefix(line, here);
    from += prefix >= k_prefix_bytes_min ? prefix : 0;
    while (from < next->to && is_blank(text[from])) {
      ++from;
    }
    const std::size_t to = run_end(text, from, next->to);
    const std::string_view rest = text.substr(from, to - from);
    // The same words in front of both: each line has a value of its own.
    const bool own = from - next->from == run - first->from && ends_in_name(here.substr(0, from - next->from));
    const bool alone = !own && to == next->to && to - from >= k_run_bytes_min &&
                       (from > next->from || (run == first->from && here.size() <= line.size()));
    if (to - from < k_rest_bytes_min || is_pair(rest) || (!soft && !is_mixed(rest)) || !(soft || wide || alone) ||
        std::max(out.first, out.shadow.text.size()) + here.size() > k_joined_bytes_max) {
      break;
    }
    if (out.shadow.text.empty()) {  // most first lines are joined with nothing
      for (std::size_t at = first->from; at < first_to; ++at) {
        out.shadow.add(text[at], at, at + 1);
      }
    }
    const bool goes_on = to == next->to && here.size() >= width;
    for (std::size_t at = from; at < (goes_on ? to : next->to); ++at) {
      out.shadow.add(text[at], at, at + 1);
    }
    width = here.size();
    if (!goes_on) {
      break;
    }
  }
  if (out.shadow.text.size() <= out.first) {
    return std::nullopt;
  }
  out.shadow.changed = true;
  return out;
}

}  // namespace sourceos::redact
