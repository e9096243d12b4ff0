// A bundle whose bytes are all what its manifest says. Only the verifier makes one, and it is the
// only way for another host's blobs into a store (Store::adopt).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bundle/digest.hpp"

namespace sourceos::verify {
class BundleJudge;
}

namespace sourceos::bundle {

class Layout;

class VerifiedBundle {
 public:
  // M.
  [[nodiscard]] const Digest& id() const { return id_; }
  // Where its blobs are; must outlive this object.
  [[nodiscard]] Layout& layout() const { return *layout_; }
  // Everything that M and I reach, M and I among them, each once.
  [[nodiscard]] const std::vector<Digest>& blobs() const { return blobs_; }
  // Of the DSSE payload that its signatures carry; none when no signature was readable.
  [[nodiscard]] const std::optional<Digest>& payload() const { return payload_; }
  // The log that the record names.
  [[nodiscard]] const std::string& log_id() const { return log_id_; }

 private:
  friend class verify::BundleJudge;
  VerifiedBundle() = default;
  Digest id_;
  Layout* layout_ = nullptr;
  std::vector<Digest> blobs_;
  std::optional<Digest> payload_;
  std::string log_id_;
};

}  // namespace sourceos::bundle
