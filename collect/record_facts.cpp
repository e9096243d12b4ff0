#include "collect/record_facts.hpp"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "bundle/digest.hpp"
#include "collect/shown_text.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "host/tool_facts.hpp"
#include "host/tool_finder.hpp"
#include "redact/pipeline.hpp"

namespace sourceos::collect {

namespace {

Result<std::string> file_digest(const host::Descriptor& file) {
  constexpr std::size_t k_buffer_bytes = 256 * limits::k_kib;
  bundle::Sha256 hash;
  std::string buffer(k_buffer_bytes, '\0');
  for (;;) {
    SOURCEOS_TRY_ASSIGN(const std::size_t got,
                        host::read_some(file, buffer.data(), buffer.size()));
    if (got == 0) {
      return hash.finish().hex();
    }
    hash.update({buffer.data(), got});
  }
}

bundle::RecordHost host_row(host::Host& host, const redact::Pipeline& pipeline,
                            const std::vector<Gathered>& gathered,
                            const RecordFactsOptions& options) {
  bundle::RecordHost row;
  HostFacts facts;
  facts.host_adapter = host.environment.adapter;
  facts.architecture = host.environment.architecture;
  for (const Gathered& one : gathered) {
    if (one.collection.facts.host) {
      facts = *one.collection.facts.host;
    }
  }
  row.adapter = known_word(pipeline, facts.host_adapter);
  row.os_version = shown_text(pipeline, std::string_view(facts.os_version));
  row.architecture = shown_text(pipeline, std::string_view(facts.architecture));
  row.kernel = shown_text(pipeline, std::string_view(facts.kernel));
  row.host_tag = options.keyed_tag("machine:" + facts.machine_id);
  return row;
}

bundle::ToolStatus status_of(ToolStatus status) {
  switch (status) {
    case ToolStatus::found: return bundle::ToolStatus::found;
    case ToolStatus::missing: return bundle::ToolStatus::missing;
    case ToolStatus::error: return bundle::ToolStatus::error;
  }
  return bundle::ToolStatus::error;
}

bundle::ToolOwner owner_of(host::ToolOwner owner) {
  switch (owner) {
    case host::ToolOwner::root: return bundle::ToolOwner::root;
    case host::ToolOwner::self: return bundle::ToolOwner::self;
    case host::ToolOwner::other: return bundle::ToolOwner::other;
  }
  return bundle::ToolOwner::other;
}

class ToolRows {
 public:
  ToolRows(host::Host& host, const redact::Pipeline& pipeline)
      : pipeline_(pipeline), digests_(host.environment, file_digest) {}
  ~ToolRows() {
    // Losing the cache of digests costs time only.
    (void)digests_.save();
  }
  ToolRows(const ToolRows&) = delete;
  ToolRows& operator=(const ToolRows&) = delete;

  bundle::RecordTool row(const ToolRow& found) {
    bundle::RecordTool row{.name = known_word(pipeline_, found.name),
                           .version = shown_text(pipeline_, found.version),
                           .status = status_of(found.status),
                           .path_ref = {},
                           .sha256 = {},
                           .owner = {},
                           .packaged = {}};
    if (found.tool) {
      add_tool(*found.tool, row);
    }
    return row;
  }

 private:
  void add_tool(const host::Tool& tool, bundle::RecordTool& row) {
    row.path_ref = shown_text(pipeline_, std::string_view(tool.path.native()));
    row.owner = owner_of(tool.owner);
    if (const Result<host::ToolFacts> known = digests_.facts(tool)) {
      row.packaged = known->packaged;
      if (const Result<bundle::Digest> digest = bundle::Digest::parse_hex(known->sha256)) {
        row.sha256 = *digest;
      }
    }
  }

  const redact::Pipeline& pipeline_;
  host::ToolFactsCache digests_;
};

// This very program, as a row like the others.
ToolRow own_row(const host::Host& host, const std::string& version) {
  ToolRow row{.name = "sourceos", .version = version, .status = ToolStatus::found, .tool = {}};
  std::error_code error;
  host::Tool tool;
  tool.name = row.name;
  tool.path = tool.target = host::fs::read_symlink("/proc/self/exe", error);
  const Result<host::FileFacts> facts = host::describe(tool.target);
  if (error || !facts) {
    return row;
  }
  tool.facts = *facts;
  tool.owner = facts->uid == 0                       ? host::ToolOwner::root
               : facts->uid == host.environment.uid ? host::ToolOwner::self
                                                    : host::ToolOwner::other;
  row.tool = std::move(tool);
  return row;
}

std::vector<bundle::RecordTool> tool_rows(host::Host& host, const redact::Pipeline& pipeline,
                                          const std::vector<Gathered>& gathered,
                                          const RecordFactsOptions& options) {
  ToolRows maker(host, pipeline);
  std::map<std::string, bundle::RecordTool> rows;
  for (const char* name : {"podman", "git", "nix"}) {
    rows.emplace(name, bundle::RecordTool{.name = known_word(pipeline, name), .version = {},
                                          .path_ref = {}, .sha256 = {}, .owner = {}, .packaged = {}});
  }
  for (const Gathered& one : gathered) {
    for (const ToolRow& found : one.collection.facts.tools) {
      rows.insert_or_assign(found.name, maker.row(found));
    }
  }
  rows.insert_or_assign("sourceos", maker.row(own_row(host, options.toolkit_version)));
  std::vector<bundle::RecordTool> out;
  for (auto& [name, row] : rows) {
    out.push_back(std::move(row));
  }
  return out;
}

bundle::RecordAuth auth_row(const redact::Pipeline& pipeline, const AuthFacts& facts) {
  bundle::RecordAuth row{.path_ref = shown_text(pipeline, std::string_view(facts.path)),
                         .mode = shown_text(pipeline, std::string_view(fmt::format("{:04o}", facts.mode))),
                         .hosts = shown_texts(pipeline, facts.hosts),
                         .cred_helpers = {},
                         .creds_store = shown_text(pipeline, facts.store),
                         .verdict = shown_text(pipeline, facts.verdict)};
  for (const CredentialHelper& helper : facts.helpers) {
    row.cred_helpers.push_back({shown_text(pipeline, std::string_view(helper.host)),
                                shown_text(pipeline, std::string_view(helper.helper))});
  }
  return row;
}

bundle::CollectorStatus status_of(CollectorState state) {
  switch (state) {
    case CollectorState::ok: return bundle::CollectorStatus::ok;
    case CollectorState::failed: return bundle::CollectorStatus::failed;
    case CollectorState::timeout: return bundle::CollectorStatus::timeout;
    case CollectorState::skipped: return bundle::CollectorStatus::skipped;
    case CollectorState::truncated: return bundle::CollectorStatus::truncated;
  }
  return bundle::CollectorStatus::failed;
}

// What the reason of a cut makes of a collector that was content itself.
bundle::CollectorStatus status_of_cut(std::string_view reason) {
  if (reason == "timeout") {
    return bundle::CollectorStatus::timeout;
  }
  const bool is_failure = reason == "failed" || reason == "program-missing";
  return is_failure ? bundle::CollectorStatus::failed : bundle::CollectorStatus::truncated;
}

bundle::RecordCollector collector_row(const redact::Pipeline& pipeline, const Gathered& gathered,
                                      const CollectorTally& tally) {
  bundle::RecordCollector row{.name = known_word(pipeline, gathered.name),
                              .status = status_of(gathered.outcome.state),
                              .reason = {},
                              .entries = tally.entries,
                              .bytes = tally.bytes,
                              .elapsed_ms = gathered.elapsed_ms};
  std::string reason = gathered.outcome.reason;
  if (gathered.outcome.state == CollectorState::ok && !tally.cut.empty()) {
    row.status = status_of_cut(tally.cut);
    reason = tally.cut;
  }
  if (!reason.empty()) {
    row.reason = shown_text(pipeline, std::string_view(reason));
  }
  return row;
}

// The most severe first, then by place; capped, each rule too (S-22). `totals/findings.jsonl` has
// all of them.
std::vector<bundle::Finding> record_findings(std::vector<bundle::Finding> findings) {
  std::stable_sort(findings.begin(), findings.end(),
                   [](const bundle::Finding& a, const bundle::Finding& b) {
                     return a.severity > b.severity;
                   });
  std::map<std::string, std::size_t> of_rule;
  std::vector<bundle::Finding> out;
  for (bundle::Finding& finding : findings) {
    if (out.size() >= limits::k_record_findings_max) {
      break;
    }
    if (++of_rule[finding.rule_id.str()] <= limits::k_record_findings_per_rule_max) {
      out.push_back(std::move(finding));
    }
  }
  return out;
}

}  // namespace

bundle::RecordGitRef git_row(const redact::Pipeline& pipeline, const GitFacts& facts) {
  return {.head = shown_text(pipeline, facts.head),
          .branch = shown_text(pipeline, facts.branch),
          .dirty = facts.dirty,
          .remote = shown_text(pipeline, facts.remote),
          .repo_ref = shown_text(pipeline, std::string_view(facts.repository))};
}

bundle::RecordImage image_row(const redact::Pipeline& pipeline, const ImageFacts& facts) {
  return {.reference = shown_text(pipeline, std::string_view(facts.reference)),
          .image_id = shown_text(pipeline, facts.image_id),
          .digest = shown_text(pipeline, facts.digest),
          .present = facts.present};
}

void fill_record_facts(bundle::Record& record, host::Host& host, const redact::Pipeline& pipeline,
                       const std::vector<Gathered>& gathered, const EntriesOutcome& entries,
                       const RecordFactsOptions& options) {
  record.host = host_row(host, pipeline, gathered, options);
  record.tools = tool_rows(host, pipeline, gathered, options);
  record.clock.synchronised = host.clock.synchronised();
  for (std::size_t i = 0; i < gathered.size(); ++i) {
    const RecordFacts& facts = gathered[i].collection.facts;
    if (facts.git && !record.git_ref.repo_ref) {
      record.git_ref = git_row(pipeline, *facts.git);
    }
    if (facts.image && !record.image) {
      record.image = image_row(pipeline, *facts.image);
    }
    if (!facts.auth.empty() && !record.auth) {
      record.auth = auth_row(pipeline, facts.auth.front());
    }
    record.collectors.push_back(collector_row(pipeline, gathered[i], entries.tallies[i]));
  }
  record.findings = record_findings(entries.findings);
}

std::vector<Gap> required_gaps(const bundle::Record& record, const std::vector<Gathered>& gathered) {
  std::vector<Gap> gaps;
  for (std::size_t i = 0; i < gathered.size(); ++i) {
    const bundle::RecordCollector& row = record.collectors[i];
    if (gathered[i].is_required && row.status != bundle::CollectorStatus::ok) {
      gaps.push_back({gathered[i].name, row.reason ? row.reason->str() : std::string()});
    }
  }
  return gaps;
}

}  // namespace sourceos::collect
