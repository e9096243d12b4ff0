// A bundle whose bytes are all what its manifest says. Only the verifier makes one, and it is the
// only way for another host's blobs into a store (Store::adopt).
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "bundle/digest.hpp"
#include "bundle/store.hpp"

namespace sourceos::verify {

class VerifiedBundle {
 public:
  // M.
  [[nodiscard]] const bundle::Digest& id() const { return id_; }
  // Its blobs; the layout must outlive what this returns.
  [[nodiscard]] bundle::Adoptable adoptable() const { return bundle::Adoptable(*layout_, id_); }
  // The log that the record names.
  [[nodiscard]] const std::string& log_id() const { return log_id_; }

 private:
  friend class BundleJudge;
  VerifiedBundle(bundle::Layout& layout, const bundle::Digest& id, std::string log_id)
      : layout_(&layout), id_(id), log_id_(std::move(log_id)) {}
  bundle::Layout* layout_;
  bundle::Digest id_;
  std::string log_id_;
};

}  // namespace sourceos::verify
