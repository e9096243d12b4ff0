#include "cli/log_time.hpp"

#include <array>
#include <charconv>

#include <fmt/format.h>

namespace sourceos::cli {

namespace {

constexpr std::int64_t k_second = 1'000'000'000;
// A clock of another machine may be a little ahead of ours.
constexpr std::int64_t k_ahead_seconds = 24 * 3600;
constexpr std::array<std::string_view, 12> k_months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Whether `text` has the shape: '0' stands for a digit, '?' for a blank or 'T', others for themselves.
bool has_shape(std::string_view text, std::string_view shape) {
  if (text.size() < shape.size()) {
    return false;
  }
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const char c = text[i];
    const bool fits = shape[i] == '0'   ? c >= '0' && c <= '9'
                      : shape[i] == '?' ? c == ' ' || c == 'T'
                                        : c == shape[i];
    if (!fits) {
      return false;
    }
  }
  return true;
}

int number_at(std::string_view text, std::size_t at, std::size_t size) {
  int value = 0;
  std::from_chars(text.data() + at, text.data() + at + size, value);
  return value;
}

// "+02:00", "-0500" after the seconds; 0 for Z and for nothing.
std::int64_t zone_seconds(std::string_view rest) {
  if (!rest.empty() && (rest[0] == '.' || rest[0] == ',')) {
    std::size_t end = 1;
    while (end < rest.size() && rest[end] >= '0' && rest[end] <= '9') {
      ++end;
    }
    rest.remove_prefix(end);
  }
  const bool has_colon = has_shape(rest.substr(rest.empty() ? 0 : 1), "00:00");
  if (rest.empty() || (rest[0] != '+' && rest[0] != '-') ||
      (!has_colon && !has_shape(rest.substr(1), "0000"))) {
    return 0;
  }
  const std::int64_t seconds =
      number_at(rest, 1, 2) * 3600 + number_at(rest, has_colon ? 4 : 3, 2) * 60;
  return rest[0] == '-' ? -seconds : seconds;
}

std::optional<UtcTime> full_time(std::string_view text) {
  std::string words = fmt::format("{}T{}Z", text.substr(0, 10), text.substr(11, 8));
  const auto time = parse_time(words);
  if (!time) {
    return std::nullopt;
  }
  return UtcTime{time->nanoseconds - zone_seconds(text.substr(19)) * k_second};
}

std::optional<UtcTime> syslog_time(std::string_view text, UtcTime collected_at) {
  int month = 0;
  while (month < 12 && k_months[static_cast<std::size_t>(month)] != text.substr(0, 3)) {
    ++month;
  }
  if (month == 12) {
    return std::nullopt;
  }
  const int day = text[4] == ' ' ? number_at(text, 5, 1) : number_at(text, 4, 2);
  const int year = number_at(format_seconds(collected_at), 0, 4);
  for (const int candidate : {year, year - 1}) {
    const auto time = parse_time(
        fmt::format("{:04}-{:02}-{:02}T{}Z", candidate, month + 1, day, text.substr(7, 8)));
    if (time && time->nanoseconds <= collected_at.nanoseconds + k_ahead_seconds * k_second) {
      return *time;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<UtcTime> log_time(std::string_view line, UtcTime collected_at) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    const std::string_view rest = line.substr(i);
    const bool begins = i == 0 || line[i - 1] < '0' || line[i - 1] > '9';
    if (begins && has_shape(rest, "0000-00-00?00:00:00")) {
      return full_time(rest);
    }
    if ((i == 0 || line[i - 1] == ' ') &&
        (has_shape(rest.substr(std::min<std::size_t>(3, rest.size())), " 00 00:00:00") ||
         has_shape(rest.substr(std::min<std::size_t>(3, rest.size())), "  0 00:00:00"))) {
      return syslog_time(rest, collected_at);
    }
  }
  return std::nullopt;
}

}  // namespace sourceos::cli
