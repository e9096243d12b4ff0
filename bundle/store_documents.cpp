#include "bundle/store_documents.hpp"

#include <cassert>

#include <fmt/format.h>

#include "core/bytes.hpp"
#include "core/json/canonical.hpp"
#include "core/json/json.hpp"

namespace sourceos::bundle {

namespace {

constexpr std::string_view k_open_type = "SourceOSEvidenceLogOpen";
constexpr std::string_view k_gc_type = "SourceOSEvidenceGc";
constexpr std::string_view k_import_type = "SourceOSEvidenceImport";
constexpr std::string_view k_change_type = "SourceOSEvidenceChange";

// These documents hold digests, numbers and redacted text, all of which are valid UTF-8.
std::string written(const json::Value& value) {
  auto text = json::write_canonical(value);
  assert(text.has_value());
  return text ? std::move(*text) : std::string();
}

json::Value or_null(const std::string& text) {
  return text.empty() ? json::Value(nullptr) : json::Value(text);
}

std::unexpected<Error> misshapen(std::string_view type) {
  return fail(ErrorKind::malformed, "malformed",
              fmt::format("expected a document of type '{}', there is something else", type));
}

// Strings and nulls of an object with exactly `count` keys; absence shows at the first use.
class Fields {
 public:
  Fields(const json::Value& object, std::size_t count)
      : object_(&object), good_(object.is_object() && object.size() == count) {}

  std::string text(const char* name) {
    const json::Value* value = find(name);
    good_ = good_ && value != nullptr && value->is_string();
    return good_ ? value->get<std::string>() : std::string();
  }
  std::optional<std::string> text_or_null(const char* name) {
    const json::Value* value = find(name);
    good_ = good_ && value != nullptr && (value->is_string() || value->is_null());
    return good_ && value->is_string() ? std::optional(value->get<std::string>()) : std::nullopt;
  }
  std::uint64_t number(const char* name) {
    const json::Value* value = find(name);
    good_ = good_ && value != nullptr && value->is_number_unsigned();
    return good_ ? value->get<std::uint64_t>() : 0;
  }
  const json::Value* find(const char* name) const {
    if (!object_->is_object()) {
      return nullptr;
    }
    const auto found = object_->find(name);
    return found == object_->end() ? nullptr : &*found;
  }
  void require(bool condition) { good_ = good_ && condition; }
  [[nodiscard]] bool good() const { return good_; }

 private:
  const json::Value* object_;
  bool good_;
};

std::string text_at(const json::Value& value, const char* name) {
  if (!value.is_object()) {
    return {};
  }
  const auto found = value.find(name);
  return found != value.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<std::optional<OpenDocument::Succeeds>> read_succeeds(const json::Value* value) {
  if (value == nullptr) {
    return misshapen(k_open_type);
  }
  if (value->is_null()) {
    return std::nullopt;
  }
  Fields fields(*value, 3);
  OpenDocument::Succeeds succeeds{fields.text("logId"), fields.text("checkpoint"),
                                  fields.text("reason")};
  if (!fields.good()) {
    return misshapen(k_open_type);
  }
  return succeeds;
}

}  // namespace

std::string log_id_of(const PublicKey& key, std::string_view nonce) {
  Sha256 hash;
  hash.update(key.view()).update(nonce);
  return hash.finish().hex().substr(0, 32);
}

std::string write_open_document(const OpenDocument& document) {
  json::Value succeeds = nullptr;
  if (document.succeeds) {
    succeeds = {{"checkpoint", document.succeeds->checkpoint},
                {"logId", document.succeeds->log_id},
                {"reason", document.succeeds->reason}};
  }
  json::Value machine = nullptr;
  if (document.machine_tag) {
    machine = *document.machine_tag;
  }
  return written({{"key", hex_encode(document.key.view())},
                  {"logId", document.log_id},
                  {"machineTag", machine},
                  {"nonce", document.nonce},
                  {"succeeds", succeeds},
                  {"type", k_open_type},
                  {"v", 1U}});
}

Result<OpenDocument> parse_open_document(std::string_view text) {
  SOURCEOS_TRY_ASSIGN(const json::Value value, json::parse_canonical(text));
  Fields fields(value, 7);
  OpenDocument document;
  document.log_id = fields.text("logId");
  document.nonce = fields.text("nonce");
  document.machine_tag = fields.text_or_null("machineTag");
  fields.require(fields.text("type") == k_open_type && fields.number("v") == 1);
  const auto key = hex_decode(fields.text("key"));
  const auto nonce = hex_decode(document.nonce);
  if (!fields.good() || !key || !nonce) {
    return misshapen(k_open_type);
  }
  SOURCEOS_TRY_ASSIGN(document.key, PublicKey::from_bytes(*key));
  SOURCEOS_TRY_ASSIGN(document.succeeds, read_succeeds(fields.find("succeeds")));
  if (document.log_id != log_id_of(document.key, *nonce)) {
    return fail(ErrorKind::malformed, "malformed",
                "expected a log id that follows from key and nonce, this does not");
  }
  return document;
}

std::string write_gc_document(const GcDocument& document) {
  return written({{"reason", or_null(document.reason)},
                  {"rule", document.rule},
                  {"type", k_gc_type},
                  {"v", 1U}});
}

Result<GcDocument> parse_gc_document(std::string_view text) {
  SOURCEOS_TRY_ASSIGN(const json::Value value, json::parse_canonical(text));
  Fields fields(value, 4);
  GcDocument document{fields.text("rule"), fields.text_or_null("reason").value_or("")};
  fields.require(fields.text("type") == k_gc_type && fields.number("v") == 1);
  if (!fields.good()) {
    return misshapen(k_gc_type);
  }
  return document;
}

std::string write_import_document(std::string_view foreign_log_id) {
  return written({{"logId", foreign_log_id}, {"type", k_import_type}, {"v", 1U}});
}

std::string write_change_document(const ChangeDocument& document) {
  return written({{"action", document.action},
                  {"detail", or_null(document.detail)},
                  {"type", k_change_type},
                  {"v", 1U}});
}

std::string read_change_action(std::string_view text) {
  const auto value = json::parse(text);
  return value ? text_at(*value, "action") : std::string();
}

Result<IntentFacts> read_intent_document(std::string_view text) {
  SOURCEOS_TRY_ASSIGN(const json::Value value, json::parse(text));
  const auto subject = value.is_object() ? value.find("subject") : value.end();
  if (!value.is_object() || subject == value.end()) {
    return misshapen("intent");
  }
  IntentFacts facts{text_at(*subject, "kind"), text_at(*subject, "ref"), {}};
  const auto command = value.find("command");
  const auto* path = command != value.end() && command->is_object() && command->contains("path")
                         ? &command->at("path")
                         : nullptr;
  if (path != nullptr && path->is_array() && !path->empty() && path->back().is_string()) {
    facts.command = path->back().get<std::string>();
  } else {
    facts.command = text_at(value, "command");
  }
  return facts;
}

std::string write_referrers(const Referrers& referrers) {
  json::Value attached = json::Value::array();
  for (const Digest& digest : referrers.attached) {
    attached.push_back(digest.text());
  }
  json::Value pruned = nullptr;
  if (referrers.pruned) {
    pruned = *referrers.pruned;
  }
  return written({{"attached", attached},
                  {"imported", referrers.imported},
                  {"logId", referrers.log_id},
                  {"pruned", pruned},
                  {"seq", referrers.seq}});
}

Result<Referrers> parse_referrers(std::string_view text) {
  SOURCEOS_TRY_ASSIGN(const json::Value value, json::parse_canonical(text));
  Fields fields(value, 5);
  Referrers referrers;
  referrers.log_id = fields.text("logId");
  referrers.seq = fields.number("seq");
  const json::Value* attached = fields.find("attached");
  const json::Value* imported = fields.find("imported");
  const json::Value* pruned = fields.find("pruned");
  if (!fields.good() || attached == nullptr || !attached->is_array() || imported == nullptr ||
      !imported->is_boolean() || pruned == nullptr ||
      !(pruned->is_null() || pruned->is_number_unsigned())) {
    return misshapen("referrers");
  }
  referrers.imported = imported->get<bool>();
  if (!pruned->is_null()) {
    referrers.pruned = pruned->get<std::uint64_t>();
  }
  for (const json::Value& item : *attached) {
    if (!item.is_string()) {
      return misshapen("referrers");
    }
    SOURCEOS_TRY_ASSIGN(const Digest digest, Digest::parse(item.get_ref<const std::string&>()));
    referrers.attached.push_back(digest);
  }
  return referrers;
}

}  // namespace sourceos::bundle
