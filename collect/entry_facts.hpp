// How an artifact becomes an entry's header, source row and redaction options.
#pragma once

#include <optional>
#include <string_view>

#include "bundle/index_line.hpp"
#include "collect/entry_plan.hpp"
#include "core/time.hpp"
#include "redact/document.hpp"

namespace sourceos::collect {

[[nodiscard]] bundle::EntryHeader entry_header(const redact::Pipeline& pipeline,
                                               const PlannedEntry& entry,
                                               std::string_view collector, UtcTime at);
[[nodiscard]] std::optional<bundle::SourceFacts> source_facts(const redact::Pipeline& pipeline,
                                                              const std::optional<SourceInfo>& info);
[[nodiscard]] redact::Format format_of(ContentHint hint);
[[nodiscard]] redact::DocumentOptions document_options(const PlannedEntry& entry);

}  // namespace sourceos::collect
