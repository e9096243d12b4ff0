#include "runtime/machine/transcript.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/text.hpp"

namespace sourceos::runtime {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t k_line_max = 16'384;  // a line that never ends is cut into such parts

constexpr double k_frame_seconds = 0.01;  // what is written closer together is one event
constexpr std::size_t k_moments_max = 200'000;

redact::DocumentOptions as_text(bool hits) {
  redact::DocumentOptions options;
  options.format = redact::Format::text;
  options.hits = hits;
  return options;
}

std::string json_string(std::string_view bytes) {
  return json::Value(std::string(bytes)).dump(-1, ' ', true, json::Value::error_handler_t::replace);
}

std::uint64_t masked_places(const bundle::RedactionRecord& record) {
  std::uint64_t sum = record.known;
  for (const bundle::NamedCount& rule : record.rules) {
    sum += rule.value;
  }
  return sum;
}

// Something that the terminal did, and how far the program's output had come by then.
struct Moment {
  double seconds = 0;
  std::uint64_t written = 0;  // bytes, before redaction
  std::string size;           // of the terminal from now on; empty: output
};

// A place that redaction masked.
struct Masked {
  std::uint64_t from = 0;  // in what the program wrote
  std::uint64_t to = 0;
  std::uint64_t size = 0;  // of what stands there now
};

// Follows redacted text up to places in what it was made of. These must not go back.
class PlaceReader {
 public:
  explicit PlaceReader(const std::vector<Masked>& masked) : masked_(masked) {}
  // A place within a secret is where its placeholder begins: it shows when the secret was whole.
  std::uint64_t redacted_at(std::uint64_t written) {
    while (next_ < masked_.size() && masked_[next_].to <= written) {
      shift_ += static_cast<std::int64_t>(masked_[next_].size) -
                static_cast<std::int64_t>(masked_[next_].to - masked_[next_].from);
      ++next_;
    }
    const std::uint64_t at = next_ < masked_.size() ? std::min(written, masked_[next_].from) : written;
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(at) + shift_);
  }

 private:
  const std::vector<Masked>& masked_;
  std::size_t next_ = 0;
  std::int64_t shift_ = 0;
};

// Not within a character; where it was in what is no text, however much of that there is.
std::size_t character_begin(std::string_view text, std::size_t at) {
  constexpr std::size_t k_longest = 4;
  const auto is_within = [&](std::size_t place) {
    return place > 0 && place < text.size() && (static_cast<unsigned char>(text[place]) & 0xC0U) == 0x80;
  };
  for (std::size_t begin = at; at - begin < k_longest; --begin) {
    if (!is_within(begin)) {
      return begin;
    }
  }
  return at;
}

}  // namespace

struct Transcript::State {
  State(const redact::Pipeline& pipeline, TranscriptOptions its_options)
      : options(its_options),
        stream(pipeline.stream(as_text(its_options.keeps_text))),
        lines(pipeline.stream(as_text(false))) {}

  TranscriptOptions options;
  redact::StreamRedactor stream;
  redact::StreamRedactor lines;
  ScreenLines screen;
  Clock::time_point began = Clock::now();
  std::vector<Moment> moments;
  std::vector<Masked> masked;
  std::string text;  // what the program wrote, redacted
  std::string screen_text;
  std::uint64_t output_bytes = 0;
  bool is_cut = false;

  double seconds() const { return std::chrono::duration<double>(Clock::now() - began).count(); }

  void keep(std::string& kept, std::string_view more) {
    const std::size_t room = options.bytes_max - std::min<std::uint64_t>(kept.size(), options.bytes_max);
    is_cut = is_cut || more.size() > room;
    kept += more.substr(0, character_begin(more, std::min(more.size(), room)));
  }

  void keep_stream(std::string_view bytes, const std::vector<redact::Hit>& hits) {
    if (!options.keeps_text || text.size() >= options.bytes_max) {
      is_cut = is_cut || (options.keeps_text && !bytes.empty());
      return;
    }
    keep(text, bytes);
    for (const redact::Hit& hit : hits) {
      masked.push_back({hit.from, hit.to, hit.masked_size});
    }
  }

  void keep_screen(std::string_view bytes) {
    if (options.keeps_text) {
      keep(screen_text, bytes);
    }
  }

  void note(std::string size) {
    if (text.size() >= options.bytes_max) {
      return;
    }
    const double now = seconds();
    const bool is_close = size.empty() && !moments.empty() && moments.back().size.empty() &&
                          now - moments.back().seconds < k_frame_seconds;
    if (is_close || moments.size() >= k_moments_max) {
      moments.back().written = output_bytes;
      return;
    }
    moments.push_back({now, output_bytes, std::move(size)});
  }

  std::string header() const {
    return fmt::format("{{\"version\": 2, \"width\": {}, \"height\": {}, \"timestamp\": {}}}\n",
                       options.columns, options.rows,
                       options.started_at.nanoseconds / 1'000'000'000);
  }

  // Where no text is kept, a mark says how much the program had written at each moment.
  std::string sizes() const {
    std::string out;
    std::uint64_t told = 0;
    for (const Moment& moment : moments) {
      if (moment.written > told) {
        out += event(moment.seconds, 'm', fmt::format("{} bytes", moment.written - told));
      }
      told = moment.written;
      if (!moment.size.empty()) {
        out += event(moment.seconds, 'r', moment.size);
      }
    }
    return out;
  }

  // Each part of the text at the moment at which the program had written it.
  std::string events() const {
    std::string out;
    PlaceReader places(masked);
    std::size_t told = 0;
    for (std::size_t i = 0; i < moments.size(); ++i) {
      const Moment& moment = moments[i];
      const bool last = i + 1 == moments.size();
      const std::size_t upto =
          last ? text.size() : std::min<std::uint64_t>(places.redacted_at(moment.written), text.size());
      const std::size_t to = std::max(told, character_begin(text, upto));
      if (to > told) {
        out += event(moment.seconds, 'o', std::string_view(text).substr(told, to - told));
      }
      told = to;
      if (!moment.size.empty()) {
        out += event(moment.seconds, 'r', moment.size);
      }
    }
    return out;
  }

  static std::string event(double seconds, char kind, std::string_view text) {
    return fmt::format("[{:.6f}, \"{}\", {}]\n", seconds, kind, json_string(text));
  }
};

Transcript::Transcript(const redact::Pipeline& pipeline, TranscriptOptions options)
    : state_(std::make_unique<State>(pipeline, options)) {}
Transcript::~Transcript() = default;
Transcript::Transcript(Transcript&&) noexcept = default;

void Transcript::output(std::string_view bytes) {
  State& state = *state_;
  state.output_bytes += bytes.size();
  state.note({});
  state.keep_stream(state.stream.feed(bytes).bytes(), state.stream.take_hits());
  state.keep_screen(state.lines.feed(state.screen.feed(bytes)).bytes());
}

void Transcript::resize(unsigned columns, unsigned rows) {
  state_->note(fmt::format("{}x{}", columns, rows));
}

TranscriptEnd Transcript::finish() {
  State& state = *state_;
  const redact::StreamEnd stream = state.stream.finish();
  state.keep_stream(stream.last.bytes(), stream.hits);
  state.keep_screen(state.lines.feed(state.screen.finish()).bytes());
  const redact::StreamEnd lines = state.lines.finish();
  state.keep_screen(lines.last.bytes());
  TranscriptEnd end;
  end.output_bytes = state.output_bytes;
  end.elapsed_ms = static_cast<std::uint64_t>(state.seconds() * 1000);
  end.masked = std::max(masked_places(stream.record), masked_places(lines.record));
  end.is_cut = state.is_cut;
  // The screen joined what the stream held in pieces.
  end.is_withheld = masked_places(lines.record) > masked_places(stream.record);
  end.findings = end.is_withheld ? lines.findings : stream.findings;
  const bool shows_text = state.options.keeps_text && !end.is_withheld;
  end.cast = state.header() + (shows_text ? state.events() : state.sizes());
  if (state.options.keeps_text) {
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
