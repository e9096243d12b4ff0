#include "collect/entry_plan.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "bundle/entry_path.hpp"
#include "redact/pipeline.hpp"

namespace sourceos::collect {

namespace {

// Names of folders repeat in every path below them: each is redacted once.
class NameRedactor {
 public:
  explicit NameRedactor(const redact::Pipeline& pipeline) : pipeline_(pipeline) {}

  bundle::PathWish wish(const std::vector<std::string>& names) {
    bundle::PathWish wish{.segments = {}, .true_segments = names};
    wish.segments.reserve(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
      wish.segments.push_back(i + 1 < names.size() ? folder(names[i]) : pipeline_.text(names[i]));
    }
    return wish;
  }

 private:
  const bundle::RedactedText& folder(const std::string& name) {
    const auto found = folders_.find(name);
    return found != folders_.end() ? found->second
                                   : folders_.emplace(name, pipeline_.text(name)).first->second;
  }

  const redact::Pipeline& pipeline_;
  std::unordered_map<std::string, bundle::RedactedText> folders_;
};

std::vector<std::vector<std::string>> find_paths(
    const std::vector<Gathered>& gathered,
    const std::map<std::vector<std::string>, std::string>& path_of) {
  std::vector<std::vector<std::string>> paths;
  for (const Gathered& one : gathered) {
    std::vector<std::string>& of_collector = paths.emplace_back();
    for (const CollectorFinding& finding : one.collection.findings) {
      const auto found = path_of.find(finding.entry);
      of_collector.push_back(found == path_of.end() ? std::string() : found->second);
    }
  }
  return paths;
}

}  // namespace

EntryPlan plan_entries(const redact::Pipeline& pipeline, std::vector<Gathered>& gathered) {
  EntryPlan plan;
  std::vector<bundle::PathWish> wishes;
  NameRedactor names(pipeline);
  bool has_findings = false;
  for (std::size_t i = 0; i < gathered.size(); ++i) {
    has_findings = has_findings || !gathered[i].collection.findings.empty();
    for (Artifact& artifact : gathered[i].collection.artifacts) {
      wishes.push_back(names.wish(artifact.path));
      plan.entries.push_back({{}, std::move(artifact), i});
    }
    gathered[i].collection.artifacts.clear();
  }
  std::vector<std::string> paths = bundle::assign_paths(wishes);
  std::map<std::vector<std::string>, std::string> path_of;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (has_findings) {
      path_of.emplace(plan.entries[i].artifact.path, paths[i]);
    }
    plan.entries[i].path = std::move(paths[i]);
  }
  plan.paths_of_findings = find_paths(gathered, path_of);
  std::sort(plan.entries.begin(), plan.entries.end(),
            [](const PlannedEntry& a, const PlannedEntry& b) { return a.path < b.path; });
  return plan;
}

}  // namespace sourceos::collect
