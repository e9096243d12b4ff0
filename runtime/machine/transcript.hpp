// What a program wrote to its terminal, as asciicast v2: streamed through redaction, bounded, never
// what was typed (security S-45). Redaction runs over the stream and over the lines as a screen
// shows them; when the screen shows a secret that the stream hid in pieces, the stream is withheld.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/redacted.hpp"
#include "core/json/fwd.hpp"
#include "core/time.hpp"
#include "redact/pipeline.hpp"

namespace sourceos::runtime {

struct TranscriptOptions {
  std::uint64_t bytes_max = 0;  // of what is kept; all of it is scanned
  unsigned columns = 80;
  unsigned rows = 24;
  UtcTime started_at;
  bool keeps_text = true;  // capture "metadata": times and sizes only, as marks
};

struct TranscriptEnd {
  std::string cast;    // asciicast v2, redacted
  std::string screen;  // the lines, redacted
  std::uint64_t output_bytes = 0;
  std::uint64_t elapsed_ms = 0;
  std::uint64_t masked = 0;
  bool is_cut = false;
  bool is_withheld = false;
  std::vector<bundle::Finding> findings;
};

class Transcript {
 public:
  Transcript(const redact::Pipeline& pipeline, TranscriptOptions options);
  ~Transcript();
  Transcript(Transcript&&) noexcept;

  void output(std::string_view bytes);
  void resize(unsigned columns, unsigned rows);
  [[nodiscard]] TranscriptEnd finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Lines as a screen shows them: carriage returns, backspaces and erased parts have their effect,
// other control sequences none.
class ScreenLines {
 public:
  // Lines that are finished, each with its newline.
  [[nodiscard]] std::string feed(std::string_view bytes);
  [[nodiscard]] std::string finish();

 private:
  void take(char c, std::string& done);
  void end_sequence(char c);
  std::string line_;
  std::size_t column_ = 0;
  std::string sequence_;
  enum class Mode { text, escape, csi, string } mode_ = Mode::text;
};

}  // namespace sourceos::runtime
