#include "redact/matcher.hpp"

#include <re2/re2.h>

#include <array>

namespace sourceos::redact {

struct Matcher::Compiled {
  explicit Compiled(std::string_view pattern) : expression(re2(pattern), options()) {}
  static re2::StringPiece re2(std::string_view text) { return {text.data(), text.size()}; }
  static RE2::Options options() {
    RE2::Options options;
    options.set_encoding(RE2::Options::EncodingLatin1);  // bytes: any input is fine
    options.set_log_errors(false);
    options.set_max_mem(16 << 20);
    return options;
  }
  RE2 expression;
};

Matcher::Matcher(std::string_view pattern, int secret_group)
    : pattern_(pattern), secret_group_(secret_group) {}
Matcher::~Matcher() = default;

const Matcher::Compiled& Matcher::compiled() const {
  std::call_once(once_, [this] { compiled_ = std::make_unique<Compiled>(pattern_); });
  return *compiled_;
}

bool Matcher::may_match(const TextPairs& text) const {
  std::call_once(pairs_once_, [this] { pairs_.emplace(pattern_); });
  return pairs_->may_match(text);
}

Status Matcher::check() const {
  const RE2& expression = compiled().expression;
  if (!expression.ok()) {
    return fail(ErrorKind::malformed, "rule-pattern",
                "expected an RE2 pattern: " + expression.error());
  }
  if (secret_group_ > expression.NumberOfCapturingGroups()) {
    return fail(ErrorKind::malformed, "rule-pattern", "the group 'secret' does not exist");
  }
  return {};
}

bool Matcher::find(std::string_view text, std::size_t from, std::size_t to, Match& match) const {
  return search(text, from, to, false, match);
}

bool Matcher::find_at(std::string_view text, std::size_t from, std::size_t to, Match& match) const {
  return search(text, from, to, true, match);
}

bool Matcher::search(std::string_view text, std::size_t from, std::size_t to, bool anchored,
                     Match& match) const {
  constexpr int k_groups_max = 16;
  std::array<re2::StringPiece, k_groups_max> groups;
  const RE2& expression = compiled().expression;
  const int wanted = secret_group_ == 0 ? 1 : secret_group_ + 1;
  if (!expression.ok() || wanted > k_groups_max ||
      !expression.Match(Compiled::re2(text), from, to,
                        anchored ? RE2::ANCHOR_START : RE2::UNANCHORED, groups.data(), wanted)) {
    return false;
  }
  const auto offset = [&](const char* at) { return static_cast<std::size_t>(at - text.data()); };
  match.from = offset(groups[0].data());
  match.to = match.from + groups[0].size();
  const re2::StringPiece& secret = groups[static_cast<std::size_t>(secret_group_)];
  if (secret.data() == nullptr) {  // the group is in a branch that did not match
    match.secret_from = match.from;
    match.secret_to = match.to;
  } else {
    match.secret_from = offset(secret.data());
    match.secret_to = match.secret_from + secret.size();
  }
  return true;
}

}  // namespace sourceos::redact
