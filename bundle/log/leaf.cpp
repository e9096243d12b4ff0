// {"at":"<time>","bundle":"sha256:..."|null,"kind":"bundle","payload":"sha256:..."|null,
//  "ref":<seq>|null,"seq":<n>,"v":1}, canonical JSON without a newline.
#include "bundle/log/leaf.hpp"

#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"

#include <array>
#include <utility>

namespace sourceos::bundle::log {
namespace {

constexpr std::size_t k_leaf_bytes_max = 1024;
constexpr std::size_t k_leaf_fields = 7;

constexpr std::array k_kinds = {
    std::pair{LeafKind::open, std::string_view("open")},
    std::pair{LeafKind::bundle, std::string_view("bundle")},
    std::pair{LeafKind::intent, std::string_view("intent")},
    std::pair{LeafKind::change, std::string_view("change")},
    std::pair{LeafKind::gc, std::string_view("gc")},
    std::pair{LeafKind::import, std::string_view("import")},
    std::pair{LeafKind::recovered, std::string_view("recovered")},
};

std::unexpected<Error> malformed(std::string message) {
  return fail(ErrorKind::malformed, "malformed", std::move(message));
}

Result<LeafKind> parse_kind(std::string_view text) {
  for (const auto& [kind, name] : k_kinds) {
    if (name == text) {
      return kind;
    }
  }
  return malformed("expected a known kind of leaf");
}

Result<std::optional<Digest>> digest_of(const json::Value& value) {
  if (value.is_null()) {
    return std::nullopt;
  }
  if (!value.is_string()) {
    return malformed("expected a digest or null in the leaf");
  }
  SOURCEOS_TRY_ASSIGN(const Digest digest, Digest::parse(value.get_ref<const std::string&>()));
  return digest;
}

Result<std::uint64_t> number_of(const json::Value& value) {
  if (!value.is_number_unsigned()) {
    return malformed("expected a number in the leaf");
  }
  return value.get<std::uint64_t>();
}

}  // namespace

std::string_view to_string(LeafKind kind) {
  for (const auto& [value, name] : k_kinds) {
    if (value == kind) {
      return name;
    }
  }
  return "bundle";
}

std::string write_leaf(const Leaf& leaf) {
  const auto digest = [](const std::optional<Digest>& value) {
    return value ? "\"" + value->text() + "\"" : std::string("null");
  };
  std::string out = R"({"at":)";
  json::append_string(out, leaf.at);
  out += R"(,"bundle":)" + digest(leaf.bundle);
  out += R"(,"kind":")" + std::string(to_string(leaf.kind));
  out += R"(","payload":)" + digest(leaf.payload);
  out += R"(,"ref":)" + (leaf.ref ? std::to_string(*leaf.ref) : std::string("null"));
  out += R"(,"seq":)" + std::to_string(leaf.seq);
  return out + R"(,"v":1})";
}

Result<Leaf> parse_leaf(std::string_view text) {
  SOURCEOS_TRY_ASSIGN_CONTEXT(const json::Value value,
                              json::parse_canonical(text, {k_leaf_bytes_max, 2}),
                              "read the leaf");
  if (!value.is_object() || value.size() != k_leaf_fields) {
    return malformed("expected a leaf { at, bundle, kind, payload, ref, seq, v }");
  }
  for (const char* key : {"at", "bundle", "kind", "payload", "ref", "seq", "v"}) {
    if (!value.contains(key)) {
      return malformed("expected '" + std::string(key) + "' in the leaf");
    }
  }
  if (!value["at"].is_string() || !value["kind"].is_string() || value["v"] != 1) {
    return malformed("expected a leaf of version 1");
  }
  Leaf leaf;
  leaf.at = value["at"].get<std::string>();
  SOURCEOS_TRY(parse_time(leaf.at));
  SOURCEOS_TRY_ASSIGN(leaf.kind, parse_kind(value["kind"].get<std::string>()));
  SOURCEOS_TRY_ASSIGN(leaf.bundle, digest_of(value["bundle"]));
  SOURCEOS_TRY_ASSIGN(leaf.payload, digest_of(value["payload"]));
  SOURCEOS_TRY_ASSIGN(leaf.seq, number_of(value["seq"]));
  if (!value["ref"].is_null()) {
    SOURCEOS_TRY_ASSIGN(leaf.ref, number_of(value["ref"]));
  }
  if (leaf.kind == LeafKind::bundle && (!leaf.bundle || !leaf.payload)) {
    return malformed("expected a bundle and a payload in a leaf of kind 'bundle'");
  }
  return leaf;
}

}  // namespace sourceos::bundle::log
