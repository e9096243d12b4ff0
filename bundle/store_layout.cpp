// One bundle of a store as a layout of its own: what M and its attached manifests reach, with I,
// index.json and the log proof made on the fly. Exports and verification read it.

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "bundle/layout.hpp"
#include "bundle/log/tlog_proof.hpp"
#include "bundle/manifest.hpp"
#include "bundle/store_state.hpp"
#include "core/limits.hpp"

namespace sourceos::bundle {

namespace {

class StoreLayout final : public Layout {
 public:
  explicit StoreLayout(StorePlaces places) : places_(std::move(places)) {}

  [[nodiscard]] const std::vector<LayoutFile>& files() const override { return files_; }
  [[nodiscard]] bool is_closed() const override { return false; }

  [[nodiscard]] Result<BlobReader> open_file(std::string_view name) const override {
    if (const auto made = made_.find(std::string(name)); made != made_.end()) {
      return BlobReader(made->second);
    }
    const auto stored = stored_.find(std::string(name));
    if (stored == stored_.end()) {
      return fail(ErrorKind::not_found, "missing-member",
                  fmt::format("expected '{}' in the bundle, it is not there", name));
    }
    return places_.open_blob(stored->second);
  }

  // A file that exists only here.
  void make(std::string name, std::string bytes) { made_.insert_or_assign(std::move(name), bytes); }
  // A blob of the store. One that is not there is listed all the same, so that a reader misses it.
  void add(const Descriptor& descriptor) {
    sizes_[blob_name(descriptor.digest)] = descriptor.size;
    stored_.insert_or_assign(blob_name(descriptor.digest), descriptor.digest);
  }

  void close() {
    for (const auto& [name, bytes] : made_) {
      files_.push_back({name, bytes.size()});
    }
    for (const auto& [name, digest] : stored_) {
      const auto reader = places_.open_blob(digest);
      if (!made_.contains(name)) {
        files_.push_back({name, reader ? reader->size() : sizes_[name]});
      }
    }
    std::sort(files_.begin(), files_.end());
  }

 private:
  StorePlaces places_;
  std::map<std::string, std::string> made_;
  std::map<std::string, Digest> stored_;
  std::map<std::string, std::uint64_t> sizes_;
  std::vector<LayoutFile> files_;
};

std::unexpected<Error> pruned_error(const BundleFacts& facts) {
  const std::string reason =
      facts.pruned->reason.empty() ? "" : fmt::format(": {}", facts.pruned->reason);
  return fail(ErrorKind::not_found, "pruned",
              fmt::format("bundle {} was pruned at {} ({}){}", facts.id.text(), facts.pruned->at,
                          facts.pruned->rule, reason));
}

Status add_attached(StoreLayout& layout, const StorePlaces& places, const BundleFacts& facts,
                    std::vector<AttachedDescriptor>& attached) {
  for (const Digest& digest : facts.attached) {
    SOURCEOS_TRY_ASSIGN(const std::string text,
                        places.read_blob(digest, limits::k_json_bytes_max));
    SOURCEOS_TRY_ASSIGN(const AttachedManifest manifest, parse_attached_manifest(text));
    attached.push_back({describe_blob(k_manifest_media_type, text), manifest.layer.media_type});
    layout.add(attached.back().descriptor);
    layout.add(manifest.layer);
  }
  return {};
}

// Made from the newest checkpoint, so it is the store's to give, not the bundle's to keep.
Status add_log_proof(StoreLayout& layout, const log::HostLog& log, std::uint64_t seq,
                     const Descriptor& subject, std::vector<AttachedDescriptor>& attached) {
  SOURCEOS_TRY_ASSIGN(const log::TlogProof proof, log.proof(seq));
  const std::string text = log::write_tlog_proof(proof);
  const Descriptor layer = describe_blob(k_log_proof_media_type, text);
  const std::string manifest = write_attached_manifest({layer, subject});
  attached.push_back({describe_blob(k_manifest_media_type, manifest), layer.media_type});
  layout.make(blob_name(layer.digest), text);
  layout.make(blob_name(attached.back().descriptor.digest), manifest);
  return {};
}

}  // namespace

Result<std::unique_ptr<Layout>> Store::layout(const Digest& id, LogProof proof) const {
  SOURCEOS_TRY(state_->log->refresh());
  SOURCEOS_TRY_ASSIGN(const BundleFacts facts, state_->facts(id));
  if (facts.pruned) {
    return pruned_error(facts);
  }
  const StorePlaces& places = state_->places;
  auto layout = std::make_unique<StoreLayout>(places);
  // Bytes that are not M's are for verify to judge: here they only must be readable as a manifest.
  SOURCEOS_TRY_ASSIGN(const BlobReader reader, places.open_blob(id));
  SOURCEOS_TRY_ASSIGN(const std::string text, reader.read_all(limits::k_json_bytes_max));
  const Descriptor described{std::string(k_manifest_media_type), id, text.size()};
  layout->add(described);
  if (const auto manifest = parse_manifest(text)) {
    layout->add(manifest->config);
    for (const Descriptor& layer : manifest->layers) {
      layout->add(layer);
    }
  }
  std::vector<AttachedDescriptor> attached;
  SOURCEOS_TRY(add_attached(*layout, places, facts, attached));
  // An imported bundle keeps the proof of its own log, when it came with one.
  if (proof == LogProof::attached && !facts.imported) {
    SOURCEOS_TRY_ASSIGN(const log::HostLog own_log, state_->open_log(facts.log_id));
    SOURCEOS_TRY(add_log_proof(*layout, own_log, facts.seq, described, attached));
  }
  const std::string index = write_bundle_index(described, attached);
  const Descriptor index_descriptor = describe_blob(k_image_index_media_type, index);
  layout->make(blob_name(index_descriptor.digest), index);
  layout->make(blob_name(sha256(k_empty_config)), std::string(k_empty_config));
  layout->make("index.json", write_layout_index(index_descriptor));
  layout->make("oci-layout", std::string(write_oci_layout()));
  layout->close();
  return std::unique_ptr<Layout>(std::move(layout));
}

}  // namespace sourceos::bundle
