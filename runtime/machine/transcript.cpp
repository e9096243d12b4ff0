#include "runtime/machine/transcript.hpp"

#include <charconv>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/text.hpp"

namespace sourceos::runtime {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t k_line_max = 16'384;  // a line that never ends is cut into such parts

redact::DocumentOptions as_text() {
  redact::DocumentOptions options;
  options.format = redact::Format::text;
  return options;
}

std::string json_string(std::string_view bytes) {
  return json::Value(std::string(bytes)).dump(-1, ' ', true, json::Value::error_handler_t::replace);
}

}  // namespace

struct Transcript::State {
  State(const redact::Pipeline& pipeline, TranscriptOptions its_options)
      : options(its_options),
        stream(pipeline.stream(as_text())),
        lines(pipeline.stream(as_text())) {}

  TranscriptOptions options;
  redact::StreamRedactor stream;
  redact::StreamRedactor lines;
  ScreenLines screen;
  Clock::time_point began = Clock::now();
  std::vector<std::string> events;
  std::string screen_text;
  std::uint64_t kept = 0;
  std::uint64_t output_bytes = 0;
  bool is_cut = false;

  double seconds() const { return std::chrono::duration<double>(Clock::now() - began).count(); }

  void event(char kind, std::string_view text) {
    if (text.empty()) {
      return;
    }
    if (kept + text.size() > options.bytes_max) {
      is_cut = true;
      return;
    }
    kept += text.size();
    events.push_back(fmt::format("[{:.6f}, \"{}\", {}]\n", seconds(), kind, json_string(text)));
  }

  void keep_screen(std::string_view text) {
    if (screen_text.size() + text.size() <= options.bytes_max) {
      screen_text += text;
    } else {
      is_cut = true;
    }
  }

  std::string header() const {
    return fmt::format("{{\"version\": 2, \"width\": {}, \"height\": {}, \"timestamp\": {}}}\n",
                       options.columns, options.rows,
                       options.started_at.nanoseconds / 1'000'000'000);
  }
};

Transcript::Transcript(const redact::Pipeline& pipeline, TranscriptOptions options)
    : state_(std::make_unique<State>(pipeline, options)) {}
Transcript::~Transcript() = default;
Transcript::Transcript(Transcript&&) noexcept = default;

void Transcript::output(std::string_view bytes) {
  state_->output_bytes += bytes.size();
  state_->event('o', state_->stream.feed(bytes).bytes());
  state_->keep_screen(state_->lines.feed(state_->screen.feed(bytes)).bytes());
}

void Transcript::resize(unsigned columns, unsigned rows) {
  state_->event('r', fmt::format("{}x{}", columns, rows));
}

TranscriptEnd Transcript::finish() {
  State& state = *state_;
  const redact::StreamEnd stream = state.stream.finish();
  state.event('o', stream.last.bytes());
  state.keep_screen(state.lines.feed(state.screen.finish()).bytes());
  const redact::StreamEnd lines = state.lines.finish();
  state.keep_screen(lines.last.bytes());
  const auto count = [](const bundle::RedactionRecord& record) {
    std::uint64_t sum = record.known;
    for (const bundle::NamedCount& rule : record.rules) {
      sum += rule.value;
    }
    return sum;
  };
  TranscriptEnd end;
  end.output_bytes = state.output_bytes;
  end.elapsed_ms = static_cast<std::uint64_t>(state.seconds() * 1000);
  end.masked = std::max(count(stream.record), count(lines.record));
  end.is_cut = state.is_cut;
  // The screen joined what the stream held in pieces.
  end.is_withheld = count(lines.record) > count(stream.record);
  end.findings = end.is_withheld ? lines.findings : stream.findings;
  end.cast = state.header();
  if (state.options.keeps_text) {
    for (const std::string& line : state.events) {
      const bool is_output = line.find(", \"o\", ") != std::string::npos;
      end.cast += is_output && end.is_withheld ? "" : line;
    }
    end.screen = std::move(state.screen_text);
  }
  return end;
}

std::string ScreenLines::feed(std::string_view bytes) {
  std::string done;
  for (const char c : bytes) {
    take(c, done);
  }
  return done;
}

std::string ScreenLines::finish() {
  std::string rest = std::move(line_);
  line_.clear();
  column_ = 0;
  return rest.empty() ? rest : rest + "\n";
}

void ScreenLines::take(char c, std::string& done) {
  switch (mode_) {
    case Mode::escape:
      mode_ = c == '['                                         ? Mode::csi
              : (c == ']' || c == 'P' || c == '_' || c == '^') ? Mode::string
                                                               : Mode::text;
      sequence_.clear();
      return;
    case Mode::csi:
      if (c >= 0x40 && c <= 0x7e) {
        end_sequence(c);
        mode_ = Mode::text;
      } else {
        sequence_ += c;
      }
      return;
    case Mode::string:  // a title, a clipboard: shown nowhere
      mode_ = c == '\a' ? Mode::text : c == '\x1b' ? Mode::escape : Mode::string;
      return;
    case Mode::text: break;
  }
  if (c == '\x1b') {
    mode_ = Mode::escape;
  } else if (c == '\n' || line_.size() >= k_line_max) {
    done += line_ + "\n";
    line_.clear();
    column_ = 0;
  } else if (c == '\r') {
    column_ = 0;
  } else if (c == '\b') {
    column_ -= column_ > 0 ? 1 : 0;
  } else if (static_cast<unsigned char>(c) >= 0x20 || c == '\t') {
    if (column_ < line_.size()) {
      line_[column_] = c;
    } else {
      line_ += c;
    }
    ++column_;
  }
}

void ScreenLines::end_sequence(char c) {
  std::size_t count = 0;
  (void)std::from_chars(sequence_.data(), sequence_.data() + sequence_.size(), count);
  const std::size_t steps = count == 0 ? 1 : count;
  if (c == 'K') {  // erase: to the end, to the beginning, all of the line
    if (count == 0) {
      line_.resize(std::min(line_.size(), column_));
    } else if (count == 2) {
      line_.assign(column_, ' ');
    }
  } else if (c == 'D') {
    column_ -= std::min(column_, steps);
  } else if (c == 'C') {
    column_ = std::min(column_ + steps, line_.size());
  } else if (c == 'P') {
    line_.erase(std::min(column_, line_.size()), steps);
  }
}

}  // namespace sourceos::runtime
