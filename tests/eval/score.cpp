#include "tests/eval/score.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sourceos::eval {

namespace {

std::string share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? "-" : fmt::format("{:.4f}", static_cast<double>(part) / static_cast<double>(whole));
}

std::string row(std::string_view source, std::string_view klass, const Score& score) {
  return fmt::format("{:<14} {:<12} {:>6} {:>8} {:>8} {:>9} {:>7} {:>8}\n", source, klass, score.positives,
                     share(score.hidden, score.positives), share(score.kept, score.context), score.negatives,
                     score.changed, share(score.changed, score.negatives));
}

}  // namespace

void Score::add(const Score& other) {
  positives += other.positives;
  hidden += other.hidden;
  negatives += other.negatives;
  changed += other.changed;
  context += other.context;
  kept += other.kept;
}

bool leaves_fragment(const Labelled& sample, std::string_view output) {
  std::string around = sample.text;
  for (std::size_t at = around.find(sample.secret); at != std::string::npos; at = around.find(sample.secret, at)) {
    around.replace(at, sample.secret.size(), "\n");
  }
  const std::size_t width = std::min(k_fragment_bytes, sample.secret.size());
  for (std::size_t at = 0; at + width <= sample.secret.size(); ++at) {
    const std::string_view fragment = std::string_view(sample.secret).substr(at, width);
    if (output.find(fragment) != std::string_view::npos && around.find(fragment) == std::string::npos) {
      return true;
    }
  }
  return false;
}

Score score_of(const Labelled& sample, std::string_view output,
               const std::vector<std::pair<std::uint64_t, std::uint64_t>>& masked) {
  Score score;
  if (sample.secret.empty()) {
    score.negatives = 1;
    score.changed = output == sample.text ? 0U : 1U;
    return score;
  }
  score.positives = 1;
  score.hidden = leaves_fragment(sample, output) ? 0U : 1U;
  std::vector<bool> lost(sample.text.size(), false);
  for (const auto& [from, to] : masked) {
    std::fill(lost.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(from, lost.size())),
              lost.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(to, lost.size())), true);
  }
  const std::size_t secret_from = sample.text.find(sample.secret);
  for (std::size_t at = 0; at < lost.size(); ++at) {
    if (at < secret_from || at >= secret_from + sample.secret.size()) {
      ++score.context;
      score.kept += lost[at] ? 0U : 1U;
    }
  }
  return score;
}

std::string table(const Scores& scores) {
  std::string out = fmt::format("{:<14} {:<12} {:>6} {:>8} {:>8} {:>9} {:>7} {:>8}\n", "source", "class", "with",
                                "recall", "context", "without", "changed", "share");
  Score secrets;
  for (const auto& [key, score] : scores) {
    out += row(key.first, key.second, score);
    if (key.second != "pii" && key.second != "id") {
      secrets.add(score);
    }
  }
  return out + row("all secrets", "", secrets);
}

}  // namespace sourceos::eval
