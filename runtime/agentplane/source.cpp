#include "runtime/agentplane/source.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "bundle/digest.hpp"
#include "bundle/index_line.hpp"
#include "bundle/view.hpp"
#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "runtime/agentplane/limits.hpp"

namespace sourceos::runtime {

namespace {

// Kinds whose bytes come from the host, not from us.
constexpr std::array<std::string_view, 9> k_collected_kinds = {
    "file", "log", "command-output", "transcript", "original-sealed", "probe-output",
    "image-inspect", "container-inspect", "machine-inspect"};

bool is_ours(const bundle::IndexLine& line) {
  return line.media_type == "application/json" && line.size <= limits::k_config_file_bytes_max &&
         std::find(k_collected_kinds.begin(), k_collected_kinds.end(), line.kind) ==
             k_collected_kinds.end();
}

const json::Value k_nothing;

}  // namespace

std::string ExportSource::bundle_urn() const {
  return "urn:srcos:evidence-bundle:" + short_hex(bundle_id);
}

std::vector<const ExportEntry*> ExportSource::of_kind(std::string_view kind) const {
  std::vector<const ExportEntry*> found;
  for (const ExportEntry& entry : entries) {
    if (entry.kind == kind) {
      found.push_back(&entry);
    }
  }
  return found;
}

const ExportEntry* ExportSource::first(std::string_view kind) const {
  const auto found = of_kind(kind);
  return found.empty() ? nullptr : found.front();
}

const json::Value* ExportSource::document_of_type(std::string_view type) const {
  for (const ExportEntry& entry : entries) {
    if (entry.document == nullptr) {
      continue;
    }
    if (text_in(*entry.document, "type") == type) {
      return entry.document.get();
    }
    for (const char* key : {"profile", "fingerprint"}) {
      const json::Value& inner = member_in(*entry.document, key);
      if (inner.is_object() && text_in(inner, "type") == type) {
        return &inner;
      }
    }
  }
  return nullptr;
}

bool ExportSource::is_command(std::string_view word) const {
  const json::Value& path = member_in(member_in(facts(), "command"), "path");
  return std::any_of(path.begin(), path.end(), [&](const json::Value& each) {
    return each.is_string() && each.get_ref<const std::string&>() == word;
  });
}

std::string ExportSource::binary() const {
  const std::string name = text_in(member_in(facts(), "command"), "binary");
  return name == "sourceos" || name == "sourceos-agent" ? name : "sourceosctl";
}

std::string ExportSource::finished_at() const { return text_in(facts(), "finishedAt"); }

Result<ExportSource> read_export_source(const bundle::View& view) {
  ExportSource source;
  source.bundle_id = view.id().text();
  source.record = std::make_shared<const json::Value>(view.record());
  std::uint64_t bytes = 0;
  Status status;
  SOURCEOS_TRY(view.for_each_entry([&](const bundle::IndexLine& line) {
    ExportEntry entry{line.path, line.kind, line.collector, line.at, line.sha256.text(), line.size, nullptr};
    if (is_ours(line) && bytes + line.size <= limits::k_export_documents_bytes_max) {
      bytes += line.size;
      auto text = view.read_start(line, limits::k_config_file_bytes_max);
      if (!text) {
        status = fail(std::move(text).error());
        return false;
      }
      if (auto document = json::parse(*text, {.depth_max = limits::k_contract_depth_max})) {
        entry.document = std::make_shared<const json::Value>(std::move(*document));
      }
    }
    source.entries.push_back(std::move(entry));
    return true;
  }));
  SOURCEOS_TRY(status);
  return source;
}

std::string text_in(const json::Value& object, std::string_view key) {
  const json::Value& member = member_in(object, key);
  return member.is_string() ? member.get<std::string>() : std::string();
}

const json::Value& member_in(const json::Value& object, std::string_view key) {
  if (!object.is_object()) {
    return k_nothing;
  }
  const auto at = object.find(key);
  return at == object.end() ? k_nothing : *at;
}

std::optional<std::string> optional_text_in(const json::Value& object, std::string_view key) {
  const json::Value& member = member_in(object, key);
  return member.is_string() ? std::optional(member.get<std::string>()) : std::nullopt;
}

json::Value text_or_null(const std::optional<std::string>& text) {
  return text ? json::Value(*text) : json::Value(nullptr);
}

std::string hash_of(const json::Value& value) {
  // What is hashed is made of what the record may hold, or of strings: canonical by construction.
  const auto bytes = json::write_canonical(value);
  return bundle::sha256(bytes ? *bytes : value.dump()).text();
}

std::string short_hex(std::string_view digest) {
  return std::string(digest.substr(digest.starts_with("sha256:") ? 7 : 0, 32));
}

}  // namespace sourceos::runtime
