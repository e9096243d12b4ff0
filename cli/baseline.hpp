// Findings that are known and accepted, by keyed hash. The file has a key of its own, so that it
// means the same on every machine and tells nobody what the secrets are:
//   { "schema": "sourceos.scan-baseline/v1", "key": "<64 hex>",
//     "accepted": [{ "rule", "path", "tag" }] }
// A finding is accepted when rule and tag are those of a row; where it stands does not matter.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <utility>

#include "core/json/fwd.hpp"
#include "core/result.hpp"

namespace sourceos::host {
class Random;
}

namespace sourceos::cli {

class Baseline {
 public:
  [[nodiscard]] static Result<Baseline> read(const std::filesystem::path& path);
  [[nodiscard]] static Baseline with_new_key(host::Random& random);

  [[nodiscard]] const std::string& key() const { return key_; }  // 32 bytes
  [[nodiscard]] bool accepts(const json::Value& row) const;
  // The file that accepts these rows.
  [[nodiscard]] std::string write(const json::Value& rows) const;

 private:
  std::string key_;
  std::set<std::pair<std::string, std::string>> accepted_;  // rule, tag
};

}  // namespace sourceos::cli
