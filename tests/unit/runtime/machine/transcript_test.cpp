#include "runtime/machine/transcript.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/text.hpp"

using namespace sourceos;
using namespace sourceos::runtime;

namespace {

struct Scene {
  std::unique_ptr<redact::Pipeline> pipeline;
  Scene() {
    redact::PipelineOptions options;
    options.scalar = true;
    pipeline = redact::Pipeline::create(std::move(options)).value();
    pipeline->freeze();
  }
  Transcript transcript(std::uint64_t bytes_max = 1 << 20, bool keeps_text = true) const {
    return Transcript(*pipeline, {.bytes_max = bytes_max,
                                  .columns = 100,
                                  .rows = 30,
                                  .started_at = UtcTime::from_seconds(1'780'000'000),
                                  .keeps_text = keeps_text});
  }
};

std::string token() { return "gh" + std::string("p_0123456789abcdefghijABCDEFGHIJ012345"); }

std::string shown(std::string_view bytes) {
  ScreenLines lines;
  std::string out = lines.feed(bytes);
  out += lines.finish();
  return out;
}

}  // namespace

TEST_CASE("a transcript is asciicast with a header and events") {
  Scene scene;
  Transcript transcript = scene.transcript();
  transcript.output("hello\r\n");
  transcript.resize(120, 40);
  transcript.output("bye\r\n");
  const TranscriptEnd end = transcript.finish();
  const auto lines = text::lines(end.cast);
  REQUIRE(lines.size() >= 3);
  const json::Value header = json::Value::parse(lines[0]);
  CHECK(header["version"] == 2);
  CHECK(header["width"] == 100);
  std::string output;
  bool resized = false;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const json::Value event = json::Value::parse(lines[i]);
    output += event[1] == "o" ? event[2].get<std::string>() : "";
    resized = resized || (event[1] == "r" && event[2] == "120x40");
  }
  CHECK(output == "hello\r\nbye\r\n");
  CHECK(resized);
  CHECK(end.output_bytes == 12);
}

namespace {

struct Event {
  double seconds = 0;
  std::string kind;
  std::string text;
};

std::vector<Event> events_of(const TranscriptEnd& end) {
  std::vector<Event> events;
  const auto lines = text::lines(end.cast);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const json::Value event = json::Value::parse(lines[i]);
    events.push_back({event[0], event[1], event[2]});
  }
  return events;
}

void wait() { std::this_thread::sleep_for(std::chrono::milliseconds(30)); }

}  // namespace

TEST_CASE("what was written at different times stays apart, a secret comes when it was whole") {
  Scene scene;
  Transcript transcript = scene.transcript();
  transcript.output("first\r\n");
  wait();
  transcript.output("token is " + token().substr(0, 20));
  wait();
  transcript.resize(90, 20);
  wait();
  transcript.output(token().substr(20) + " so\r\n\xc3");
  wait();
  transcript.output("\xa4 last\r\n");
  const auto events = events_of(transcript.finish());
  REQUIRE(events.size() == 5);
  CHECK(events[0].text == "first\r\n");
  CHECK(events[1].text == "token is ");
  CHECK(events[2].kind == "r");
  CHECK(events[2].text == "90x20");
  CHECK(events[3].text.starts_with("REDACTED-github-token-"));
  CHECK(events[3].text.ends_with(" so\r\n"));
  CHECK(events[4].text == "\u00e4 last\r\n");
  for (std::size_t i = 1; i < events.size(); ++i) {
    CHECK(events[i].seconds - events[i - 1].seconds >= 0.02);
  }
}

TEST_CASE("the events are the redacted text, however it was written") {
  Scene scene;
  std::string text;
  for (int i = 0; i < 400; ++i) {
    text += fmt::format("line {} from 192.0.2.{} of \u00fcser\r\n", i, i % 250);
    text += i % 7 == 0 ? "export GITHUB_TOKEN=" + token() + "\r\n" : "";
    text += i % 31 == 0 ? "db://someone:" + token().substr(4, 14) + "@db.example.org/x\r\n" : "";
  }
  const std::string redacted = scene.pipeline->document(text, {.format = redact::Format::text}).bytes();
  for (const std::size_t part : {1U, 7U, 100U, 5'000U}) {
    Transcript transcript = scene.transcript();
    for (std::size_t at = 0; at < text.size(); at += part) {
      transcript.output(std::string_view(text).substr(at, part));
    }
    std::string whole;
    for (const Event& event : events_of(transcript.finish())) {
      whole += event.text;
    }
    CHECK(whole == redacted);
  }
}

TEST_CASE("bytes that are no text are cut where they were written") {
  Scene scene;
  Transcript transcript = scene.transcript();
  for (int i = 0; i < 2; ++i) {
    transcript.output(std::string(5, '\x80'));
    wait();
  }
  CHECK(events_of(transcript.finish()).size() == 2);
}

TEST_CASE("a secret is masked, also when it comes letter by letter") {
  Scene scene;
  Transcript transcript = scene.transcript();
  for (const char c : "token is " + token() + "\r\n") {
    transcript.output(std::string(1, c));
  }
  const TranscriptEnd end = transcript.finish();
  CHECK(end.cast.find(token()) == std::string::npos);
  CHECK(end.screen.find(token()) == std::string::npos);
  CHECK(end.screen.find("REDACTED-") != std::string::npos);
  CHECK(end.masked >= 1);
}

TEST_CASE("a secret that only the screen shows whole is in neither form") {
  Scene scene;
  Transcript transcript = scene.transcript();
  const std::string secret = token();
  // Typed with corrections: each third letter is written, wiped and written again.
  for (std::size_t i = 0; i < secret.size(); ++i) {
    transcript.output(std::string(i % 3 == 0 ? "zz\b\b\x1b[K" : "") + secret[i]);
  }
  transcript.output("\r\n");
  const TranscriptEnd end = transcript.finish();
  CHECK(end.screen.find(secret) == std::string::npos);
  CHECK((end.is_withheld || end.cast.find("REDACTED-") != std::string::npos));
  CHECK(end.is_withheld == (end.cast.find("\"m\"") != std::string::npos));  // how much it was
}

TEST_CASE("what is kept is bounded, what is scanned is not") {
  Scene scene;
  Transcript transcript = scene.transcript(100);
  for (int i = 0; i < 100; ++i) {
    transcript.output("0123456789abcdef\r\n");
  }
  const TranscriptEnd end = transcript.finish();
  CHECK(end.is_cut);
  CHECK(end.output_bytes == 1800);
  CHECK(end.screen.size() <= 100);
}

TEST_CASE("metadata keeps no text but times and sizes") {
  Scene scene;
  Transcript transcript = scene.transcript(1 << 20, false);
  transcript.output("private ");
  wait();
  transcript.resize(90, 20);
  wait();
  transcript.output("words\r\n");
  const TranscriptEnd end = transcript.finish();
  const auto events = events_of(end);
  REQUIRE(events.size() == 3);
  CHECK(events[0].kind + events[0].text == "m8 bytes");
  CHECK(events[1].kind + events[1].text == "r90x20");
  CHECK(events[2].kind + events[2].text == "m7 bytes");
  CHECK(events[2].seconds - events[0].seconds >= 0.04);
  CHECK(end.cast.find("private") == std::string::npos);
  CHECK(end.screen.empty());
  CHECK(end.output_bytes == 15);
}

TEST_CASE("lines are as a screen shows them") {
  CHECK(shown("abc\r\n") == "abc\n");
  CHECK(shown("abc\rx") == "xbc\n");
  CHECK(shown("abc\b\bX") == "aXc\n");
  CHECK(shown("abc\r\x1b[Kd") == "d\n");
  CHECK(shown("\x1b[31mred\x1b[0m") == "red\n");
  CHECK(shown("\x1b]0;title\a$ ls") == "$ ls\n");
  CHECK(shown("\x1b]52;c;Zm9v\x1b\\x") == "x\n");
  CHECK(shown("abcd\x1b[2DX") == "abXd\n");
}
