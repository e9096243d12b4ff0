// eval_redact [--scalar] [--no-personal] [--only SOURCE] [--misses] [SET.jsonl|SET.txt|LOG ...]
//
// Redacts every labelled text by itself and prints strict recall, context kept and false positives
// by source and class. Without files: the sets of this tree, and the development set beside the
// clone when it is there.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/text.hpp"
#include "redact/pipeline.hpp"
#include "tests/eval/labelled_set.hpp"
#include "tests/eval/score.hpp"

namespace {

namespace fs = std::filesystem;
using namespace sourceos;

constexpr unsigned k_variants = 5;

struct Settings {
  bool scalar = false;
  bool personal = true;
  bool misses = false;
  std::string only;
  std::vector<fs::path> files;
};

Settings read_settings(const std::vector<std::string>& arguments) {
  Settings settings;
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    if (arguments[at] == "--scalar") {
      settings.scalar = true;
    } else if (arguments[at] == "--no-personal") {
      settings.personal = false;
    } else if (arguments[at] == "--misses") {
      settings.misses = true;
    } else if (arguments[at] == "--only" && at + 1 < arguments.size()) {
      settings.only = arguments[++at];
    } else {
      settings.files.emplace_back(arguments[at]);
    }
  }
  return settings;
}

void append(std::vector<eval::Labelled>& all, Result<std::vector<eval::Labelled>> more) {
  if (!more) {
    fmt::print(stderr, "{}\n", more.error().read_out());
    std::exit(4);
  }
  all.insert(all.end(), std::make_move_iterator(more->begin()), std::make_move_iterator(more->end()));
}

std::vector<eval::Labelled> read_samples(const Settings& settings) {
  std::vector<eval::Labelled> all;
  if (!settings.files.empty()) {
    for (const fs::path& file : settings.files) {
      append(all, file.extension() == ".jsonl" ? eval::read_json_lines(file)
                  : file.extension() == ".txt" ? eval::read_tree_set(file, k_variants)
                                               : eval::read_log(file));
    }
    return all;
  }
  const fs::path tree = SOURCEOS_SOURCE_DIR;
  for (const char* set : {"tests/eval/labelled.txt", "tests/eval/unseen.txt", "tests/eval/third.txt", "tests/eval/forms.txt",
                          "tests/eval/fourth.txt"}) {
    append(all, eval::read_tree_set(tree / set, k_variants));
  }
  const fs::path beside = tree.parent_path() / "shared" / "redact";
  if (!fs::exists(beside / "dev.jsonl")) {
    fmt::print("no development set at '../shared/redact/dev.jsonl': the set of the tree only\n");
    return all;
  }
  append(all, eval::read_json_lines(beside / "dev.jsonl"));
  for (const auto& entry : fs::directory_iterator(beside / "loghub")) {
    if (entry.path().extension() == ".log") {
      append(all, eval::read_log(entry.path()));
    }
  }
  return all;
}

std::string names_of(const std::vector<redact::Hit>& hits) {
  std::vector<std::string> names;
  for (const redact::Hit& hit : hits) {
    names.push_back(hit.rule);
  }
  return fmt::format("{}", fmt::join(names, " "));
}

}  // namespace

int main(int argc, char** argv) {
  const Settings settings = read_settings(std::vector<std::string>(argv + 1, argv + argc));
  redact::PipelineOptions options;
  options.scalar = settings.scalar;
  options.personal_data = settings.personal;
  auto pipeline = redact::Pipeline::create(std::move(options));
  if (!pipeline) {
    fmt::print(stderr, "{}\n", pipeline.error().read_out());
    return 4;
  }
  (*pipeline)->freeze();
  eval::Scores scores;
  for (const eval::Labelled& sample : read_samples(settings)) {
    if (!settings.only.empty() && sample.source != settings.only) {
      continue;
    }
    redact::DocumentOptions document;
    document.findings = false;
    document.hits = true;
    std::vector<redact::Hit> hits;
    const bundle::Redacted redacted = (*pipeline)->document(sample.text, document, &hits);
    std::vector<std::pair<std::uint64_t, std::uint64_t>> masked;
    for (const redact::Hit& hit : hits) {
      masked.emplace_back(hit.from, hit.to);
    }
    const eval::Score score = eval::score_of(sample, redacted.bytes(), masked);
    scores[{sample.source, sample.klass}].add(score);
    if (settings.misses && (score.hidden < score.positives || score.changed > 0)) {
      fmt::print("{} {} {} {} [{}] {}\n", score.changed > 0 ? "changed" : "missed", sample.source, sample.klass,
                 sample.rule, names_of(hits), text::for_display_line(redacted.bytes().substr(0, 240)));
    }
  }
  fmt::print("engine {}, {} rules, personal data {}\n{}", (*pipeline)->info().engine, (*pipeline)->info().rules,
             settings.personal ? "on" : "off", eval::table(scores));
  return 0;
}
