// A bundle made by hand from fixed seeds, stage by stage, so that any stage can be changed and the
// stages after it made anew: that is how bundles are broken in exactly one way.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bundle/digest.hpp"
#include "bundle/log/checkpoint.hpp"
#include "bundle/log/leaf.hpp"
#include "bundle/log/merkle.hpp"
#include "bundle/log/tlog_proof.hpp"
#include "bundle/manifest.hpp"
#include "bundle/signer.hpp"
#include "core/json/json.hpp"

namespace sourceos::tests {

// The signers of all samples, each from a seed of one repeated character.
[[nodiscard]] const bundle::Signer& signer(char name);
inline constexpr char k_bundle_signer = 'b';
inline constexpr char k_second_signer = 'c';
inline constexpr char k_log_signer = 'l';
inline constexpr char k_sidecar_signer = 's';
inline constexpr char k_root_signer = 'r';
inline constexpr char k_stranger = 'x';

// The text with one occurrence replaced, which must be there.
[[nodiscard]] std::string replaced(std::string text, std::string_view old,
                                   std::string_view replacement);
// Independent zstd frames, as a layer is stored.
[[nodiscard]] std::string compressed(std::string_view bytes);
// The tar of a pack over (path, content), in the order given.
[[nodiscard]] std::string tar_of(
    const std::vector<std::pair<std::string, std::string>>& members);

class ForgedBundle {
 public:
  // Good in every way.
  ForgedBundle();

  // --- the stages, in the order in which each follows from those before
  std::vector<std::pair<std::string, std::string>> members;  // path and content
  std::string pack;                  // the tar of the members, not compressed
  std::vector<std::string> lines;    // of the index, without LF
  std::string index;                 // not compressed
  std::vector<std::string> layers;   // stored: index, pack
  json::Value record;
  std::string record_bytes;
  std::string manifest;              // M
  std::string payload;               // of the signatures
  std::string signers = "b";         // who signs, by name
  bundle::log::MemoryTree tree;      // the host log, with leaves after the bundle's
  bundle::log::Leaf leaf;
  bundle::log::TlogProof proof;
  bundle::log::Checkpoint checkpoint;
  struct Attached {
    std::string type;
    std::string content;
    std::string manifest;
  };
  std::vector<Attached> attached;
  std::string bundle_index;          // I
  std::map<std::string, std::string> files;  // the layout, by name

  // --- makes anew what follows from the stage that was changed
  void after_members();  // pack and index lines too
  void after_pack();
  void after_lines();
  void after_index();
  void after_layers();
  void after_record();
  void after_record_bytes();
  void after_manifest();
  void after_payload();
  void after_leaf();
  void after_proof();
  void after_attached();
  void after_attached_manifests();
  void after_bundle_index();

  [[nodiscard]] bundle::Digest id() const { return bundle::sha256(manifest); }
  [[nodiscard]] std::string name_of(std::string_view blob) const;  // "blobs/sha256/..."
  // The one attached content of a type.
  [[nodiscard]] std::string& attached_content(std::string_view type);

  void write_directory(const std::filesystem::path& directory) const;
  [[nodiscard]] std::string tar() const;

 private:
  void sign();
  void grow_log();
};

}  // namespace sourceos::tests
