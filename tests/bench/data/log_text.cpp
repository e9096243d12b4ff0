#include "tests/bench/data/log_text.hpp"

#include <array>
#include <charconv>
#include <string_view>

namespace sourceos::bench {

namespace {

constexpr std::array<std::string_view, 6> k_programs = {"node-commander", "model-router", "gateway",
                                                        "scheduler",      "indexer",      "mailroom"};
constexpr std::array<std::string_view, 4> k_levels = {"INFO ", "INFO ", "DEBUG", "WARN "};
constexpr std::array<std::string_view, 8> k_places = {"/v1/items/",    "/v1/agents/",  "/v2/search/",
                                                      "/healthz/",     "/v1/uploads/", "/internal/q/",
                                                      "/v1/sessions/", "/metrics/"};

}  // namespace

void LogText::append_number(std::string& out, std::uint64_t value) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

void LogText::append_padded(std::string& out, std::uint64_t value, unsigned width) {
  const std::size_t at = out.size();
  out.resize(at + width);
  for (unsigned i = 0; i < width; ++i, value /= 10) {
    out[at + width - 1 - i] = static_cast<char>('0' + value % 10);
  }
}

void LogText::append_time(std::string& out) {
  time_ms_ += random_.below(40);
  const std::uint64_t seconds = time_ms_ / 1'000;
  out += "2026-01-";
  append_padded(out, 1 + seconds / 86'400 % 28, 2);
  out += 'T';
  append_padded(out, seconds / 3'600 % 24, 2);
  out += ':';
  append_padded(out, seconds / 60 % 60, 2);
  out += ':';
  append_padded(out, seconds % 60, 2);
  out += '.';
  append_padded(out, time_ms_ % 1'000, 3);
  out += "Z ";
}

void LogText::append_event(std::string& out) {
  switch (random_.below(6)) {
    case 0:
    case 1:
      out += "request finished method=GET path=";
      out += k_places[random_.below(k_places.size())];
      append_number(out, random_.below(5'000));
      out += " status=200 duration_ms=";
      append_number(out, random_.below(400));
      out += " request_id=";
      random_.append(out, k_hex, 12);
      break;
    case 2:
      out += "{\"event\":\"job.done\",\"queue\":\"default\",\"attempt\":1,\"items\":";
      append_number(out, random_.below(900));
      out += ",\"bytes\":";
      append_number(out, random_.below(65'536));
      out += ",\"worker\":";
      append_number(out, random_.below(16));
      out += '}';
      break;
    case 3:
      out += "connection from 10.0.";
      append_number(out, random_.below(4));
      out += '.';
      append_number(out, random_.below(250));
      out += ':';
      append_number(out, 40'000 + random_.below(9'000));
      out += " accepted, keep-alive on, waiting for next message";
      break;
    case 4:
      out += "cache lookup miss shard=";
      append_number(out, random_.below(32));
      out += " entries=";
      append_number(out, 120'000 + random_.below(3'000));
      out += ", reading the row from the primary database";
      break;
    default:
      out += "garbage collector: freed ";
      append_number(out, random_.below(70'000));
      out += " objects in ";
      append_number(out, random_.below(90));
      out += " ms, heap is at ";
      append_number(out, random_.below(100));
      out += " percent of its limit";
  }
}

// Prefixes are spelled in pieces: no scanner is to find a secret in this file.
void LogText::append_secret(std::string& out) {
  switch (random_.below(5)) {
    case 0:
      out += "starting with aws_access_key_id=AK" "IA";
      random_.append(out, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16);
      break;
    case 1:
      out += "upstream said 401 for header Authorization: Bea" "rer ";
      random_.append(out, k_base62, 40);
      break;
    case 2:
      out += "environment DATABASE_PASS" "WORD=";
      random_.append(out, k_base62, 24);
      break;
    case 3:
      out += "connecting to postgres" "://app:";
      random_.append(out, k_base62, 20);
      out += "@db.example.net/main";
      break;
    default:
      out += "using token xo" "xb-";
      random_.append(out, "0123456789", 12);
      out += '-';
      random_.append(out, "0123456789", 12);
      out += '-';
      random_.append(out, k_base62, 24);
  }
}

void LogText::append_line(std::string& out) {
  append_time(out);
  out += k_programs[random_.below(k_programs.size())];
  out += '[';
  append_number(out, 4'000 + random_.below(24));
  out += "]: ";
  out += k_levels[random_.below(k_levels.size())];
  out += ' ';
  if (++lines_ % k_lines_per_secret == 0) {
    append_secret(out);
  } else {
    append_event(out);
  }
  out += '\n';
}

void LogText::fill(std::string& out, std::size_t bytes) {
  while (out.size() < bytes) {
    append_line(out);
  }
}

std::string log_text(std::size_t bytes, std::uint64_t seed) {
  std::string out;
  out.reserve(bytes + 512);
  LogText(seed).fill(out, bytes);
  out.resize(bytes);
  return out;
}

}  // namespace sourceos::bench
