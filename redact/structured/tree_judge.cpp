#include "redact/structured/tree_judge.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "redact/checksum.hpp"
#include "redact/confirm.hpp"
#include "redact/secret_name.hpp"

namespace sourceos::redact {

namespace {

template <std::size_t N>
bool one_of(std::string_view word, const std::array<std::string_view, N>& list) {
  return std::ranges::find(list, word) != list.end();
}

// What an entry of a registry auth file may show; all else in it is taken for a credential.
constexpr auto k_auth_fields = std::to_array<std::string_view>(
    {"username", "email", "serveraddress", "servername", "registry"});
// What the user of a kubeconfig may show.
constexpr auto k_user_fields = std::to_array<std::string_view>(
    {"username", "client-certificate", "client-certificate-data", "client-key", "tokenFile", "as", "as-uid", "as-groups"});
constexpr auto k_environments = std::to_array<std::string_view>(
    {"env", "environ", "environment", "environmentvariables", "build_args", "buildargs"});
constexpr auto k_arguments = std::to_array<std::string_view>(
    {"cmd", "command", "args", "arg", "argv", "arguments", "entrypoint", "createcommand", "programarguments",
     "execstart", "exec", "healthcheck", "test", "process"});
constexpr auto k_pair_names = std::to_array<std::string_view>({"name", "key", "parameterkey", "variable", "k"});
constexpr auto k_pair_values = std::to_array<std::string_view>({"value", "parametervalue", "default", "val", "v"});

// The value inside of base64, which the tag is made of; the text itself when it is none.
std::string innermost(const std::string& value) {
  const auto decoded = base64_any(value);
  return decoded && !decoded->empty() ? *decoded : value;
}

std::string_view class_or(std::string_view klass, std::string_view otherwise) {
  return klass.empty() ? otherwise : klass;
}

}  // namespace

std::size_t secret_part(std::string_view assignment, std::string_view& klass) {
  const std::size_t sign = assignment.find('=');
  if (sign == std::string_view::npos || sign == 0) {
    return std::string_view::npos;
  }
  std::string_view name = assignment.substr(0, sign);
  while (name.starts_with('-')) {
    name.remove_prefix(1);
  }
  if (name.empty() || name.find_first_of(" \t\n") != std::string_view::npos ||
      !is_secret_value(name, assignment.substr(sign + 1))) {
    return std::string_view::npos;
  }
  klass = class_or(class_of_name(name), "secret");
  return sign + 1;
}

bool takes_secret(std::string_view argument) {
  constexpr std::size_t k_option_bytes_max = 64;
  if (argument.size() < 3 || argument.size() > k_option_bytes_max || argument.front() != '-' ||
      argument.find_first_of("= \t\n") != std::string_view::npos) {
    return false;
  }
  const NameMeaning meaning = meaning_of_name(argument.substr(argument.starts_with("--") ? 2 : 1));
  return meaning.strength == NameStrength::password || meaning.strength == NameStrength::strong;
}

bool TreeJudge::open(bool array) {
  if (frames_.size() >= k_tree_depth_max) {
    return false;
  }
  Frame frame;
  frame.array = array;
  if (!frames_.empty()) {
    const Frame& parent = frames_.back();
    frame.name = parent.array ? parent.name : parent.key;
    frame.data_of_secret = parent.data_of_secret ||
                           (!parent.array && (parent.key == "data" || parent.key == "stringData"));
  }
  frames_.push_back(std::move(frame));
  return true;
}

void TreeJudge::close() {
  if (frames_.empty()) {
    return;
  }
  Frame frame = std::move(frames_.back());
  frames_.pop_back();
  for (const Scalar& value : frame.pair_values) {
    if (!frame.pair_name.empty() && is_secret_value(frame.pair_name, value.value)) {
      mask(value, class_or(class_of_name(frame.pair_name), "secret"));
    }
  }
  if (text::ascii_lower(frame.kind) == "secret") {
    for (const Scalar& value : frame.data) {
      if (!value.value.empty() && value.value.find("REDACTED-") == std::string::npos) {
        Scalar inner = value;
        inner.value = innermost(value.value);
        mask(inner, "kubernetes-secret");
      }
    }
  } else if (frame.data_of_secret && !frames_.empty()) {
    std::ranges::move(frame.data, std::back_inserter(frames_.back().data));
  }
  if (!frames_.empty()) {
    frames_.back().key.clear();
  }
}

void TreeJudge::key(std::string key) {
  if (!frames_.empty()) {
    frames_.back().key = std::move(key);
  }
}

void TreeJudge::scalar(Scalar scalar) {
  if (frames_.empty()) {
    return;
  }
  Frame& frame = frames_.back();
  if (frame.array) {
    judge_item(frame, scalar);
  } else {
    judge(frame, std::move(scalar));
    frame.key.clear();
  }
}

// The container `up` levels above the innermost stands under this name.
bool TreeJudge::is_under(std::string_view name, std::size_t up) const {
  return frames_.size() > up && frames_[frames_.size() - 1 - up].name == name;
}

void TreeJudge::judge(Frame& frame, Scalar scalar) {
  if (frame.data_of_secret) {
    frame.data.push_back(scalar);
  }
  const std::string lower = text::ascii_lower(frame.key);
  if (frame.key == "kind") {
    frame.kind = scalar.value;
  }
  if (one_of(lower, k_pair_names) && frame.pair_name.empty()) {
    frame.pair_name = scalar.value;
    return;
  }
  if (one_of(lower, k_pair_values)) {
    frame.pair_values.push_back(scalar);
  }
  const bool is_filled = !scalar.value.empty() && !scalar.bare && !is_placeholder(scalar.value);
  if (is_under("auths", 1) && is_filled && !one_of(lower, k_auth_fields)) {
    scalar.value = frame.key == "auth" ? innermost(scalar.value) : scalar.value;
    mask(scalar, "registry-auth");
    return;
  }
  if (is_under("user", 0) && is_under("users", 1) && is_filled && !one_of(frame.key, k_user_fields)) {
    mask(scalar, class_or(class_of_name(frame.key), "kubeconfig"));
    return;
  }
  if (frame.key == "sig" && is_under("signatures", 0)) {
    return;  // of a signed envelope
  }
  if (is_secret_value(frame.key, scalar.value)) {
    mask(scalar, class_or(class_of_name(frame.key), "secret"));
  }
}

void TreeJudge::judge_item(Frame& frame, const Scalar& scalar) {
  const std::string lower = text::ascii_lower(frame.name);
  const bool arguments = one_of(lower, k_arguments);
  if (!arguments && !one_of(lower, k_environments)) {
    if (!frame.name.empty() && is_secret_value(frame.name, scalar.value)) {
      mask(scalar, class_or(class_of_name(frame.name), "secret"));
    }
    return;
  }
  std::string option;
  option.swap(frame.option);
  if (arguments && !option.empty() && !scalar.value.starts_with('-') && !is_placeholder(scalar.value)) {
    mask(scalar, class_or(class_of_name(option), "option-value"));
    return;
  }
  std::string_view klass;
  const std::size_t part = secret_part(scalar.value, klass);
  if (part != std::string_view::npos) {
    mask_part(scalar, part, klass);
  } else if (arguments && takes_secret(scalar.value)) {
    frame.option = scalar.value;
  }
}

void TreeJudge::mask(const Scalar& scalar, std::string_view klass) {
  if (scalar.to > scalar.from) {
    out_.push_back({.from = scalar.from, .to = scalar.to, .klass = klass, .value = scalar.value, .bare = scalar.bare});
  }
}

// Only what stands behind the sign; the whole when escapes hide where that is.
void TreeJudge::mask_part(const Scalar& scalar, std::size_t from, std::string_view klass) {
  Scalar part = scalar;
  if (scalar.raw) {
    part.from += from;
  }
  part.value = scalar.value.substr(from);
  mask(part, klass);
}

SecretValues TreeJudge::take() {
  std::ranges::stable_sort(out_, {}, &SecretValue::from);
  return std::move(out_);
}

}  // namespace sourceos::redact
