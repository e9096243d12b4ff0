// Says whether a short text holds what the redaction rules take for a secret (agent-machine 6.6).
#pragma once

#include <memory>
#include <string_view>

namespace sourceos::runtime {

// Rules are made ready at the first question: most documents ask none.
class SecretDetector {
 public:
  SecretDetector();
  ~SecretDetector();
  SecretDetector(const SecretDetector&) = delete;
  SecretDetector& operator=(const SecretDetector&) = delete;

  // True also when the rules cannot be had: a secret that nobody looked for is not absent.
  [[nodiscard]] bool is_secret(std::string_view text);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sourceos::runtime
