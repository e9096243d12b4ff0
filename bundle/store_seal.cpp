// Sealing a bundle, in the order of security S-06:
//
//   1. outside the lock: the layers are made durable under temporary names;
//   2. under the lock: recover; record (now that its place is known), M, statement and signature
//      are written to log/pending/<seq>/, durable, with the layers beside them;
//   3. the leaf is appended and synced: the commit point;
//   4. the checkpoint is signed and renamed into place;
//   5. the blobs move to their names, heads.json is written.
//
// A layer that the store has already is reused when its bytes, read now, are the right ones
// (S-21). The writer's own copy stays until the end, so nothing that gc takes meanwhile is lost.

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "bundle/log/leaf.hpp"
#include "bundle/manifest.hpp"
#include "bundle/record.hpp"
#include "bundle/sidecar.hpp"
#include "bundle/statement.hpp"
#include "bundle/store_growth.hpp"
#include "bundle/store_state.hpp"
#include "bundle/writer.hpp"
#include "core/limits.hpp"

namespace sourceos::bundle {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_read_bytes = 256 * 1024;

struct LayerFile {
  Descriptor descriptor;
  fs::path path;  // the writer's own copy
  bool is_index = false;
  bool is_synced = false;
  bool may_reuse = false;  // the store's blob was read and has the right bytes

  [[nodiscard]] std::string_view fsync_point() const {
    return is_index ? "store.index.fsync" : "store.blob.fsync";
  }
  [[nodiscard]] std::string_view rename_point() const {
    return is_index ? "store.index.rename" : "store.blob.rename";
  }
};

bool has_bytes_of(const fs::path& path, const Descriptor& wanted) {
  const auto reader = BlobReader::open(path);
  if (!reader || reader->size() != wanted.size) {
    return false;
  }
  Sha256 hash;
  std::string buffer(std::min<std::uint64_t>(k_read_bytes, wanted.size), '\0');
  for (std::uint64_t done = 0; done < wanted.size;) {
    const std::size_t count = std::min<std::uint64_t>(buffer.size(), wanted.size - done);
    if (!reader->read_at(done, buffer.data(), count)) {
      return false;
    }
    hash.update({buffer.data(), count});
    done += count;
  }
  return hash.finish() == wanted.digest;
}

// Each digest once; the draft's own files must be what it says they are.
Result<std::vector<LayerFile>> layer_files(const Draft& draft, const StorePlaces& places) {
  std::map<Digest, LayerFile> files;
  for (std::size_t i = 0; i < draft.layers.size(); ++i) {
    const Descriptor& layer = draft.layers[i];
    LayerFile file{layer, draft.directory / layer.digest.hex(), i == 0};
    const auto facts = host::describe(file.path);
    if (!facts || facts->size != layer.size) {
      return fail(ErrorKind::internal, "internal",
                  fmt::format("expected layer {} of {} bytes, it is not in the draft",
                              layer.digest.text(), layer.size));
    }
    file.may_reuse = has_bytes_of(places.blob(layer.digest), layer);
    files.emplace(layer.digest, std::move(file));
  }
  std::vector<LayerFile> out;
  for (auto& [digest, file] : files) {
    out.push_back(std::move(file));
  }
  return out;
}

Status sync_layers(std::vector<LayerFile>& layers, const fs::path& directory) {
  std::vector<ToSync> what;
  for (LayerFile& layer : layers) {
    if (!layer.may_reuse) {
      what.push_back({layer.path, layer.fsync_point()});
      layer.is_synced = true;
    }
  }
  if (what.empty()) {
    return {};
  }
  what.push_back({directory, {}});
  return sync_all(what);
}

// Under the lock: what was to be reused may have gone meanwhile.
Status take_layers(Growth& growth, std::vector<LayerFile>& layers) {
  for (LayerFile& layer : layers) {
    const auto facts = host::describe(growth.store().places.blob(layer.descriptor.digest));
    if (layer.may_reuse && facts && facts->size == layer.descriptor.size) {
      continue;
    }
    if (!layer.is_synced) {
      SOURCEOS_TRY(sync_all({{layer.path, layer.fsync_point()}}));
      layer.is_synced = true;
    }
    const fs::path taken = growth.store().places.pending(growth.seq()) /
                           layer.descriptor.digest.hex();
    if (!host::describe(taken)) {
      SOURCEOS_TRY(growth.take_file(layer.descriptor.digest, layer.path, layer.rename_point()));
    }
  }
  return {};
}

Result<std::optional<Digest>> last_bundle(const log::HostLog& log) {
  std::optional<Digest> last;
  SOURCEOS_TRY(log.for_each_back([&](const log::StoredLeaf& stored) -> Result<bool> {
    if (stored.leaf.kind == log::LeafKind::bundle) {
      last = stored.leaf.bundle;
    }
    return !last.has_value();
  }));
  return last;
}

Status complete_sequence(Record& record, Growth& growth) {
  RecordSequence& sequence = record.sequence;
  sequence.log_id = growth.store().opened.log_id;
  sequence.seq = growth.seq();
  SOURCEOS_TRY_ASSIGN(sequence.previous, last_bundle(*growth.store().log));
  sequence.open_intents.clear();
  for (const OpenIntent& open : growth.heads().open) {
    if (open.subject_kind == record.subject.kind.str() &&
        open.subject_ref == record.subject.ref.str() && sequence.intent != open.seq) {
      sequence.open_intents.push_back(open.seq);
    }
  }
  if (!sequence.intent) {
    return {};
  }
  const bool is_open = std::any_of(growth.heads().open.begin(), growth.heads().open.end(),
                                   [&](const OpenIntent& o) { return o.seq == sequence.intent; });
  if (!is_open) {
    return fail(ErrorKind::internal, "internal",
                fmt::format("expected an open intent at leaf {}, there is none",
                            *sequence.intent));
  }
  return {};
}

// The blobs that are made inside the lock.
class Documents {
 public:
  Documents(Growth& growth, const Draft& draft, const Signers& signers)
      : growth_(&growth), draft_(&draft), signers_(&signers) {}

  // Makes them from the completed record and adds them to the growth.
  Status add(const Record& record) {
    referrers_ = {};
    SOURCEOS_TRY_ASSIGN(record_, write_record(record));
    const Descriptor config = describe_blob(k_record_media_type, record_);
    const std::string manifest = write_manifest({config, draft_->layers});
    manifest_ = describe_blob(k_manifest_media_type, manifest);
    SOURCEOS_TRY(growth_->add_blob(config.digest, record_));
    SOURCEOS_TRY(growth_->add_blob(manifest_.digest, manifest));
    SOURCEOS_TRY(add_signature());
    SOURCEOS_TRY(add_sidecars(manifest));
    referrers_.seq = growth_->seq();
    referrers_.log_id = growth_->store().opened.log_id;
    return growth_->add_referrers(referrers_.seq, manifest_.digest, referrers_);
  }

  [[nodiscard]] const std::string& record() const { return record_; }
  [[nodiscard]] const Digest& id() const { return manifest_.digest; }
  [[nodiscard]] const Digest& payload() const { return payload_; }

 private:
  Status add_signature() {
    const std::string statement = write_statement(manifest_.digest, record_);
    payload_ = sha256(statement);
    SOURCEOS_TRY_ASSIGN(const std::string sigstore,
                        sign_sigstore_bundle(statement, signers_->bundle));
    return attach(k_sigstore_media_type, sigstore);
  }

  Status add_sidecars(std::string_view manifest) {
    if (signers_->sidecar == nullptr) {
      return {};
    }
    SOURCEOS_TRY_ASSIGN(const std::string minisign,
                        write_minisign(manifest, *signers_->sidecar, manifest_.digest.text()));
    SOURCEOS_TRY_ASSIGN(const std::string ssh, write_ssh_signature(manifest, *signers_->sidecar));
    SOURCEOS_TRY(attach(k_minisign_media_type, minisign));
    return attach(k_sshsig_media_type, ssh);
  }

  Status attach(std::string_view media_type, std::string_view layer) {
    const Descriptor descriptor = describe_blob(media_type, layer);
    const std::string attached = write_attached_manifest({descriptor, manifest_});
    const Digest digest = sha256(attached);
    SOURCEOS_TRY(growth_->add_blob(descriptor.digest, layer));
    referrers_.attached.push_back(digest);
    return growth_->add_blob(digest, attached);
  }

  Growth* growth_;
  const Draft* draft_;
  const Signers* signers_;
  std::string record_;
  Descriptor manifest_;
  Digest payload_;
  Referrers referrers_;
};

Status add_empty_config(Growth& growth) {
  const Digest digest = sha256(k_empty_config);
  if (host::describe(growth.store().places.blob(digest))) {
    return {};
  }
  return growth.add_blob(digest, k_empty_config);
}

}  // namespace

Result<SealedBundle> Store::seal(const Draft& draft, Record record, const Signers& signers) {
  SOURCEOS_TRY_ASSIGN(std::vector<LayerFile> layers, layer_files(draft, state_->places));
  if (Status synced = sync_layers(layers, draft.directory); !synced) {
    return fail(std::move(synced).error().with_context("seal the bundle"));
  }
  SOURCEOS_TRY_ASSIGN_CONTEXT(Growth growth, Growth::begin(*state_), "seal the bundle");
  if (record.sequence.intent) {
    growth.allow_reserve();
  }
  SOURCEOS_TRY_CONTEXT(complete_sequence(record, growth), "seal the bundle");
  Documents documents(growth, draft, signers);
  const Status added = growth.with_reserve([&]() -> Status {
    growth.drop_documents();
    SOURCEOS_TRY(take_layers(growth, layers));
    SOURCEOS_TRY(add_empty_config(growth));
    return documents.add(record);
  });
  if (!added) {
    growth.drop_pending();
    return fail(Error(added.error()).with_context("seal the bundle"));
  }
  const log::Leaf leaf{growth.seq(),       log::LeafKind::bundle,  documents.id(),
                       documents.payload(), record.sequence.intent, growth.at()};
  SOURCEOS_TRY_CONTEXT(growth.commit({leaf}), "seal the bundle");
  return SealedBundle{documents.id(), leaf.seq, documents.record()};
}

}  // namespace sourceos::bundle
