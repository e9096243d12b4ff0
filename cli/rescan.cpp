#include "cli/rescan.hpp"

#include <string>

#include "redact/pipeline.hpp"

namespace sourceos::cli {

namespace {

// Personal data depends on who looks: only secrets count.
bool is_secret(const redact::Hit& hit) { return hit.found != redact::Found::identity; }

class Inspection final : public verify::EntryInspection {
 public:
  explicit Inspection(redact::StreamRedactor stream) : stream_(std::move(stream)) {}

  void feed(std::string_view bytes) override {
    (void)stream_.feed(bytes);
    take(stream_.take_hits());
  }

  Result<std::vector<verify::InspectorHit>> finish() override {
    take(stream_.finish().hits);
    return std::move(hits_);
  }

 private:
  void take(std::vector<redact::Hit> hits) {
    for (redact::Hit& hit : hits) {
      if (is_secret(hit)) {
        hits_.push_back({hit.from, hit.to, std::move(hit.rule)});
      }
    }
  }

  redact::StreamRedactor stream_;
  std::vector<verify::InspectorHit> hits_;
};

class EngineInspector final : public verify::Inspector {
 public:
  explicit EngineInspector(const redact::Pipeline& pipeline) : pipeline_(pipeline) {}

  std::string ruleset_digest() const override { return pipeline_.info().digest.text(); }

  std::unique_ptr<verify::EntryInspection> begin(std::string_view entry) override {
    redact::DocumentOptions options;
    options.name = std::string(entry);
    options.findings = false;
    options.hits = true;
    options.bytes = false;
    return std::make_unique<Inspection>(pipeline_.stream(options));
  }

 private:
  const redact::Pipeline& pipeline_;
};

}  // namespace

std::unique_ptr<verify::Inspector> make_inspector(const redact::Pipeline& pipeline) {
  return std::make_unique<EngineInspector>(pipeline);
}

}  // namespace sourceos::cli
