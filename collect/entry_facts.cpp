#include "collect/entry_facts.hpp"

#include "collect/shown_text.hpp"
#include "redact/pipeline.hpp"

namespace sourceos::collect {

redact::Format format_of(ContentHint hint) {
  switch (hint) {
    case ContentHint::automatic: return redact::Format::automatic;
    case ContentHint::text: return redact::Format::text;
    case ContentHint::json:
    case ContentHint::inspect:
    case ContentHint::docker_auth: return redact::Format::json;
    case ContentHint::git_config: return redact::Format::ini;
    case ContentHint::unit_file: return redact::Format::unit;
    case ContentHint::plist: return redact::Format::xml;
    case ContentHint::environment: return redact::Format::dotenv;
  }
  return redact::Format::automatic;
}

bundle::EntryHeader entry_header(const redact::Pipeline& pipeline, const PlannedEntry& entry,
                                 std::string_view collector, UtcTime at) {
  return {.path = entry.path,
          .kind = known_word(pipeline, to_string(entry.artifact.kind)),
          .media_type = known_word(pipeline, to_string(entry.artifact.media_type)),
          .collector = known_word(pipeline, collector),
          .at = at};
}

std::optional<bundle::SourceFacts> source_facts(const redact::Pipeline& pipeline,
                                                const std::optional<SourceInfo>& info) {
  if (!info) {
    return std::nullopt;
  }
  bundle::SourceFacts facts{.path_ref = shown_text(pipeline, std::string_view(info->path)),
                            .mtime = info->mtime,
                            .mode = info->mode,
                            .uid = info->uid,
                            .gid = info->gid,
                            .size = info->size,
                            .read = info->read,
                            .kept = {},
                            .changed = info->changed};
  if (info->read > 0) {
    facts.kept = {{0, info->read}};
  }
  return facts;
}

redact::DocumentOptions document_options(const PlannedEntry& entry) {
  redact::DocumentOptions options;
  options.format = format_of(entry.artifact.hint);
  options.name = entry.artifact.path.back();
  // A commitment to a login file would let its owner's secrets be tested (L-5).
  if (entry.artifact.kind != EntryKind::auth_redacted) {
    options.commitment_path = entry.path;
  }
  return options;
}

}  // namespace sourceos::collect
