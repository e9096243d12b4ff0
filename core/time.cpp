#include "core/time.hpp"

#include <chrono>

namespace sourceos {

namespace {

constexpr std::int64_t k_second_ns = 1'000'000'000;

struct Split {
  std::int64_t seconds;
  std::int64_t nanoseconds;
};

Split split(UtcTime time) {
  std::int64_t seconds = time.nanoseconds / k_second_ns;
  std::int64_t rest = time.nanoseconds % k_second_ns;
  if (rest < 0) {
    rest += k_second_ns;
    --seconds;
  }
  return {seconds, rest};
}

// Writes the last `count` digits of a number that is not negative. Every line of an index has two
// times, and a format string is read anew each time: ten times the work.
void append_digits(std::string& out, std::int64_t value, std::size_t count) {
  out.resize(out.size() + count);
  for (auto digit = out.rbegin(); count > 0; --count, ++digit) {
    *digit = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

// 64 bits of nanoseconds reach from 1677 to 2262: a year always has four digits.
std::string date_and_time(std::int64_t seconds) {
  const std::chrono::sys_seconds point{std::chrono::seconds(seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(point);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(point - day);
  std::string out;
  out.reserve(sizeof "2026-01-31T23:59:59.123456789Z");
  append_digits(out, static_cast<int>(date.year()), 4);
  out += '-';
  append_digits(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_digits(out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  append_digits(out, clock.hours().count(), 2);
  out += ':';
  append_digits(out, clock.minutes().count(), 2);
  out += ':';
  append_digits(out, clock.seconds().count(), 2);
  return out;
}

std::unexpected<Error> not_a_time() {
  return fail(ErrorKind::malformed, "malformed", "expected a time like 2026-01-31T23:59:59Z");
}

// Digits at [from, from + count) as a number, or -1.
int number_at(std::string_view text, std::size_t from, std::size_t count) {
  int value = 0;
  for (std::size_t i = from; i < from + count; ++i) {
    if (text[i] < '0' || text[i] > '9') {
      return -1;
    }
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

}  // namespace

std::string format_seconds(UtcTime time) { return date_and_time(split(time).seconds) + "Z"; }

std::string format_exact(UtcTime time) {
  const Split parts = split(time);
  std::string out = date_and_time(parts.seconds);
  if (parts.nanoseconds != 0) {
    out += '.';
    append_digits(out, parts.nanoseconds, 9);
    out.erase(out.find_last_not_of('0') + 1);
  }
  out += 'Z';
  return out;
}

Result<UtcTime> parse_time(std::string_view text) {
  if (text.size() < 20 || text.size() > 30 || text.back() != 'Z' || text[4] != '-' ||
      text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':') {
    return not_a_time();
  }
  const int year = number_at(text, 0, 4);
  const int month = number_at(text, 5, 2);
  const int day = number_at(text, 8, 2);
  const int hour = number_at(text, 11, 2);
  const int minute = number_at(text, 14, 2);
  const int second = number_at(text, 17, 2);
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (year < 1 || !date.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
      second > 59) {
    return not_a_time();
  }
  std::int64_t nanoseconds = 0;
  if (text.size() > 20) {
    const std::size_t digits = text.size() - 21;
    if (text[19] != '.' || digits == 0 || number_at(text, 20, digits) < 0) {
      return not_a_time();
    }
    nanoseconds = number_at(text, 20, digits);
    for (std::size_t i = digits; i < 9; ++i) {
      nanoseconds *= 10;
    }
  }
  const auto days = std::chrono::sys_days(date).time_since_epoch();
  const std::int64_t seconds =
      std::chrono::duration_cast<std::chrono::seconds>(days).count() + hour * 3600 + minute * 60 + second;
  // Years past 2262 do not fit in nanoseconds of 64 bits.
  if (seconds > 9'223'372'035 || seconds < -9'223'372'035) {
    return not_a_time();
  }
  return UtcTime{seconds * k_second_ns + nanoseconds};
}

}  // namespace sourceos
