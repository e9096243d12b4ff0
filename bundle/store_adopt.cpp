// What comes in from elsewhere: bundles that verify has judged (security S-44), and manifests that
// are attached to a bundle later. A foreign signature stays the only one; nothing of the bundle is
// made anew.

#include <algorithm>

#include <fmt/format.h>

#include "bundle/layout.hpp"
#include "bundle/manifest.hpp"
#include "bundle/store_growth.hpp"
#include "core/limits.hpp"
#include "host/fault.hpp"

namespace sourceos::bundle {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_copy_bytes = 1024 * 1024;

// What is to come: M and what it reaches, each once.
struct Foreign {
  std::vector<Descriptor> blobs;
  Referrers referrers;

  void add(const Descriptor& descriptor) {
    if (std::find(blobs.begin(), blobs.end(), descriptor) == blobs.end()) {
      blobs.push_back(descriptor);
    }
  }
};

Result<std::string> read_checked(const Layout& layout, const Descriptor& descriptor) {
  SOURCEOS_TRY_ASSIGN(std::string bytes, layout.read(descriptor.digest, limits::k_json_bytes_max));
  if (sha256(bytes) != descriptor.digest) {
    return fail(ErrorKind::malformed, "digest-mismatch",
                fmt::format("expected the bytes of {}, there are others",
                            descriptor.digest.text()));
  }
  return bytes;
}

Result<Foreign> read_foreign(const Layout& layout, const Digest& id) {
  Foreign foreign;
  SOURCEOS_TRY_ASSIGN(const std::string top, layout.read_file("index.json",
                                                              limits::k_json_bytes_max));
  SOURCEOS_TRY_ASSIGN(const Descriptor index_descriptor, parse_layout_index(top));
  SOURCEOS_TRY_ASSIGN(const std::string index_text, read_checked(layout, index_descriptor));
  SOURCEOS_TRY_ASSIGN(const BundleIndex index, parse_bundle_index(index_text));
  if (index.manifest.digest != id) {
    return fail(ErrorKind::malformed, "descriptor",
                fmt::format("expected the index of {}, this is of {}", id.text(),
                            index.manifest.digest.text()));
  }
  foreign.add(index.manifest);
  SOURCEOS_TRY_ASSIGN(const std::string manifest_text, read_checked(layout, index.manifest));
  SOURCEOS_TRY_ASSIGN(const Manifest manifest, parse_manifest(manifest_text));
  foreign.add(manifest.config);
  for (const Descriptor& layer : manifest.layers) {
    foreign.add(layer);
  }
  for (const Descriptor& descriptor : index.attached) {
    SOURCEOS_TRY_ASSIGN(const std::string text, read_checked(layout, descriptor));
    SOURCEOS_TRY_ASSIGN(const AttachedManifest attached, parse_attached_manifest(text));
    foreign.add(descriptor);
    foreign.add(attached.layer);
    foreign.referrers.attached.push_back(descriptor.digest);
  }
  return foreign;
}

// Copies one blob and hashes it on the way: what verify saw may have changed since.
Status copy_blob(const Layout& layout, const Descriptor& descriptor, const fs::path& to) {
  SOURCEOS_TRY_ASSIGN(const BlobReader reader, layout.open(descriptor.digest));
  if (reader.size() != descriptor.size) {
    return fail(ErrorKind::malformed, "digest-mismatch",
                fmt::format("expected {} bytes of {}, there are {}", descriptor.size,
                            descriptor.digest.text(), reader.size()));
  }
  SOURCEOS_TRY_ASSIGN(const host::Descriptor file, create_file(to));
  Sha256 hash;
  std::string buffer(std::min<std::uint64_t>(k_copy_bytes, descriptor.size), '\0');
  for (std::uint64_t done = 0; done < descriptor.size;) {
    const std::size_t count = std::min<std::uint64_t>(buffer.size(), descriptor.size - done);
    SOURCEOS_TRY(reader.read_at(done, buffer.data(), count));
    hash.update({buffer.data(), count});
    SOURCEOS_TRY(host::fault_point("store.blob.write"));
    SOURCEOS_TRY(host::write_all(file, {buffer.data(), count}));
    done += count;
  }
  if (hash.finish() != descriptor.digest) {
    return fail(ErrorKind::malformed, "digest-mismatch",
                fmt::format("expected the bytes of {}, there are others",
                            descriptor.digest.text()));
  }
  return {};
}

Status copy_all(const Layout& layout, const Foreign& foreign, const fs::path& directory) {
  std::vector<ToSync> what = {{directory, {}}};
  for (const Descriptor& descriptor : foreign.blobs) {
    const fs::path to = directory / descriptor.digest.hex();
    SOURCEOS_TRY(copy_blob(layout, descriptor, to));
    what.push_back({to, "store.blob.fsync"});
  }
  return sync_all(what);
}

}  // namespace

Result<BundleFacts> Store::adopt(const Adoptable& bundle, const std::string& foreign_log_id) {
  if (const auto known = state_->facts(bundle.id()); known && !known->pruned) {
    return *known;
  }
  SOURCEOS_TRY(check_room(Purpose::look));
  SOURCEOS_TRY_ASSIGN_CONTEXT(Foreign foreign, read_foreign(bundle.layout(), bundle.id()),
                              "import a bundle");
  SOURCEOS_TRY_ASSIGN(const Scratch scratch, make_scratch());
  SOURCEOS_TRY_CONTEXT(copy_all(bundle.layout(), foreign, scratch.path()), "import a bundle");

  SOURCEOS_TRY_ASSIGN_CONTEXT(Growth growth, Growth::begin(*state_), "import a bundle");
  if (auto known = state_->facts(bundle.id()); known && !known->pruned) {
    return known;  // another was faster
  }
  foreign.referrers.imported = true;
  foreign.referrers.log_id = state_->opened.log_id;
  foreign.referrers.seq = growth.seq();
  for (const Descriptor& descriptor : foreign.blobs) {
    SOURCEOS_TRY(growth.take_file(descriptor.digest, scratch.path() / descriptor.digest.hex(),
                                  "store.blob.rename"));
  }
  SOURCEOS_TRY(growth.add_referrers(growth.seq(), bundle.id(), foreign.referrers));
  SOURCEOS_TRY_CONTEXT(growth.commit_document(log::LeafKind::import,
                                              write_import_document(foreign_log_id), bundle.id(),
                                              {}),
                       "import a bundle");
  return state_->facts(bundle.id());
}

Status Store::attach(const Digest& id, std::string_view layer_type, std::string_view layer) {
  SOURCEOS_TRY_ASSIGN(const std::string manifest_text,
                      state_->places.read_blob(id, limits::k_json_bytes_max));
  const Descriptor subject = describe_blob(k_manifest_media_type, manifest_text);
  const std::string attached = write_attached_manifest({describe_blob(layer_type, layer), subject});
  SOURCEOS_TRY(parse_attached_manifest(attached));  // only the types of evidence section 3

  SOURCEOS_TRY_ASSIGN(const Scratch scratch, make_scratch());
  std::vector<ToSync> written = {{scratch.path(), {}}};
  for (const std::string_view bytes : {layer, std::string_view(attached)}) {
    written.push_back({scratch.path() / sha256(bytes).hex(), "store.record.fsync"});
    SOURCEOS_TRY(write_new_file(written.back().path, bytes, "store.record"));
  }
  SOURCEOS_TRY_CONTEXT(sync_all(written), "attach to a bundle");

  SOURCEOS_TRY_ASSIGN_CONTEXT(const Growth growth, Growth::begin(*state_), "attach to a bundle");
  SOURCEOS_TRY_ASSIGN(const std::string text, state_->places.read_referrers(id));
  SOURCEOS_TRY_ASSIGN(Referrers referrers, parse_referrers(text));
  const Digest digest = sha256(attached);
  if (std::find(referrers.attached.begin(), referrers.attached.end(), digest) !=
      referrers.attached.end()) {
    return {};
  }
  // Blobs first: a referrers file never names what is not there.
  for (const std::string_view bytes : {layer, std::string_view(attached)}) {
    const Digest blob = sha256(bytes);
    SOURCEOS_TRY(rename_file(scratch.path() / blob.hex(), state_->places.blob(blob),
                             "store.record.rename"));
  }
  SOURCEOS_TRY(host::sync_directory(state_->places.blobs()));
  referrers.attached.push_back(digest);
  return host::write_file_atomically(state_->places.referrers(id), write_referrers(referrers),
                                     0600, host::Durability::synced, "store.record");
}

}  // namespace sourceos::bundle
