#include "redact/scan.hpp"

#include <doctest/doctest.h>

#include <string>

#include "core/bytes.hpp"
#include "pipeline_support.hpp"
#include "tests/support/zstd_frame.hpp"

using namespace sourceos;
using namespace sourceos::tests;

namespace {

// gzip with the text as it is, in stored blocks.
std::string gzip(std::string_view text) {
  std::string out("\x1F\x8B\x08\0\0\0\0\0\0\x03", 10);
  while (true) {
    const std::string_view block = text.substr(0, 0xFFFF);
    text.remove_prefix(block.size());
    const auto size = static_cast<unsigned>(block.size());
    out += static_cast<char>(text.empty() ? 1 : 0);
    for (const unsigned value : {size & 255U, size >> 8, ~size & 255U, ~size >> 8 & 255U}) {
      out += static_cast<char>(value);
    }
    out += block;
    if (text.empty()) {
      return out + std::string(8, 'c');
    }
  }
}

std::string secret_text() { return "log line\ntoken=" + github_token() + "\n"; }

std::string noise(std::size_t size) {
  std::string out;
  std::uint32_t state = 7;
  while (out.size() < size) {
    state = state * 1664525U + 1013904223U;
    out += static_cast<char>(state >> 24);
  }
  return out;
}

// Packs well, and no byte of it shows.
std::string noise_words(std::size_t size) {
  std::string out;
  for (std::uint32_t i = 1; out.size() < size; ++i) {
    out += "word" + std::to_string(i * 2654435761U % 977) + (i % 9 == 0 ? "\n" : " ");
  }
  return out;
}

bundle::RedactionRecord record_of(std::string_view text) {
  return pipeline().document(text, {}).record();
}

bool reached(const bundle::RedactionRecord& record, std::string_view limit) {
  return std::find(record.limits.begin(), record.limits.end(), limit) != record.limits.end();
}

}  // namespace

TEST_CASE("a compressed stream with a secret in it is masked whole, what stands around it stays") {
  for (const std::string& packed : {gzip(secret_text()), tests::zstd_frame(secret_text())}) {
    for (const std::string before : {"", "begin ", "begin (("}) {
      const std::string out = redacted(before + packed + " end");
      CAPTURE(hex_encode(out.substr(0, 20)));
      CHECK(out.starts_with(before + "REDACTED-github-token-"));
      CHECK(out.ends_with(" end"));
      CHECK(out.size() < before.size() + 60);
    }
  }
}

TEST_CASE("a compressed stream without a secret stays as it is") {
  for (const std::string& packed : {gzip("nothing here"), tests::zstd_frame("nothing here")}) {
    CHECK(redacted("a" + packed + "b") == "a" + packed + "b");
  }
}

TEST_CASE("a stream in a stream is read, deeper than the bound it is masked unread") {
  const auto wrap = [](std::string text, int times) {
    for (int i = 0; i < times; ++i) {
      text = tests::zstd_frame("data: " + base64_encode(text) + "\n");
    }
    return text;
  };
  const std::string innermost = tests::zstd_frame(noise_words(2'000) + secret_text());
  CHECK(redacted(wrap(innermost, 2)).starts_with("REDACTED-github-token-"));
  CHECK(redacted(wrap(innermost, 3)).starts_with("REDACTED-undecoded-"));
  CHECK(reached(record_of(wrap(innermost, 3)), "decode"));
}

TEST_CASE("a stream that packs too much, or goes on too long, is masked unread") {
  const std::string bomb = tests::zstd_frame(std::string(20'000'000, 'a'));
  CHECK(redacted("x" + bomb + "y").starts_with("xREDACTED-undecoded-"));
  CHECK(redacted("x" + bomb + "y").ends_with("y"));
  const std::string large = "x" + gzip(noise(300'000) + secret_text());
  const std::string out = redacted(large);
  CHECK(out.starts_with("xREDACTED-undecoded-"));
  CHECK(out.size() < 1'000);
  CHECK(redacted_in_parts(large, 1'000) == out);
}

TEST_CASE("a stream that breaks off is read as far as it goes") {
  const std::string packed = gzip(secret_text());
  CHECK(redacted(packed.substr(0, packed.size() - 9)).starts_with("REDACTED-github-token-"));
  CHECK(redacted("\x1F\x8B\x08 no gzip at all (\xB5/\xFD no zstd") == "\x1F\x8B\x08 no gzip at all (\xB5/\xFD no zstd");
}

TEST_CASE("encodings in each other are read, and masked as the outermost run") {
  const std::string inner = base64_encode(tests::zstd_frame(secret_text()));
  const std::string out = redacted("payload: " + base64_encode(inner) + "\n");
  CHECK(out.starts_with("payload: REDACTED-github-token-"));
  CHECK(out.size() < 80);
}

TEST_CASE("decoding is bounded by the document's size, and what is past the bound is masked") {
  const std::string packed = base64_encode(tests::zstd_frame(std::string(1'000'000, 'a')));
  std::string text;
  for (int i = 0; i < 200; ++i) {
    text += std::to_string(i) + " " + packed + "\n";
  }
  const auto done = pipeline().document(text, {});
  CHECK(reached(done.record(), "decode"));
  CHECK(done.bytes().find("REDACTED-undecoded-") != std::string::npos);
}

TEST_CASE("a run of many mebibytes ends where the stream ends") {
  const std::string text = std::string(2'000'000, 'a') + " " + github_token() + "\n";
  const std::string out = redacted_in_parts(text, 65'536);
  CHECK(out.find(github_token()) == std::string::npos);
  CHECK((redacted(text) == out));
}

TEST_CASE("a name behind a home's parent is a user's") {
  CHECK(redacted("open /home/pemberton4/x and /home/admin/y").find("pemberton4") == std::string::npos);
  CHECK(redacted("open /home/admin/y") == "open /home/admin/y");
}

TEST_CASE("what stands behind many zeros is seen, wide or hidden, however it is split") {
  std::string wide;
  for (const char c : "token " + github_token()) {
    wide += c;
    wide += '\0';
  }
  const std::string text = std::string(30'001, '\0') + wide + std::string(9'000, '\0') + "t\\u006fken=" +
                           github_token() + std::string(3, '\0') + github_token() + "\n";
  const std::string whole = redacted(text);
  std::string narrow = whole;
  std::erase(narrow, '\0');
  CHECK(narrow.find(github_token()) == std::string::npos);
  for (const std::size_t size : {std::size_t{1}, std::size_t{4'099}}) {
    CHECK((redacted_in_parts(text, size) == whole));
  }
}
