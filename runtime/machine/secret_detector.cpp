#include "runtime/machine/secret_detector.hpp"

#include "redact/pipeline.hpp"

namespace sourceos::runtime {

struct SecretDetector::State {
  std::unique_ptr<redact::Pipeline> pipeline;
  bool has_failed = false;
};

SecretDetector::SecretDetector() : state_(std::make_unique<State>()) {}
SecretDetector::~SecretDetector() = default;

bool SecretDetector::is_secret(std::string_view text) {
  if (text.empty()) {
    return false;
  }
  if (!state_->pipeline && !state_->has_failed) {
    redact::PipelineOptions options;
    options.personal_data = false;
    options.scalar = true;  // nothing to compile for a few words
    auto pipeline = redact::Pipeline::create(std::move(options));
    state_->has_failed = !pipeline;
    if (pipeline) {
      state_->pipeline = std::move(*pipeline);
      state_->pipeline->freeze();
    }
  }
  return state_->has_failed || state_->pipeline->text(text).str() != text;
}

}  // namespace sourceos::runtime
