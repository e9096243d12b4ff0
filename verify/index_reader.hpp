// Reads the index of a bundle, line by line as it comes out of its frames, and looks at everything
// that can be told from the lines alone: order, uniqueness, path grammar, redaction claims, sums.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "bundle/frame.hpp"
#include "bundle/index_line.hpp"
#include "core/result.hpp"
#include "verify/run.hpp"

namespace sourceos::verify {

class IndexReader final : public bundle::FrameVisitor {
 public:
  explicit IndexReader(IndexFacts& facts) : facts_(facts) {}

  [[nodiscard]] Status consume(std::uint64_t offset, std::string_view bytes) override;
  // After the last frame: the rest must be empty, every line ends with LF.
  [[nodiscard]] Status finish();

 private:
  [[nodiscard]] Status read_line(std::string_view text);
  [[nodiscard]] Status read_entry(std::string_view text);
  [[nodiscard]] Status read_disclosable(std::string_view text);
  void check_order(const std::string& path);
  void check_claims();

  IndexFacts& facts_;
  bundle::Sha256 hash_;
  std::string partial_;  // a line that goes on in the next frame
  bundle::IndexLine line_;
  std::uint64_t lines_ = 0;
};

}  // namespace sourceos::verify
