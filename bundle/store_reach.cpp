#include "bundle/store_reach.hpp"

#include <algorithm>
#include <functional>

#include "core/limits.hpp"
#include "host/files.hpp"

namespace sourceos::bundle {

namespace {

constexpr std::size_t k_old_logs_max = 10'000;

std::optional<Manifest> read_manifest(const StorePlaces& places, const Digest& id) {
  const auto text = places.read_blob(id, limits::k_json_bytes_max);
  if (!text) {
    return std::nullopt;
  }
  auto manifest = parse_manifest(*text);
  return manifest ? std::optional(std::move(*manifest)) : std::nullopt;
}

// The bundles of a log; one that was imported again counts where it stands now, and one without
// facts is a fault for fsck, which gc must not make worse.
Status for_each_bundle(const StoreState& store, const log::HostLog& log,
                       const std::function<Status(const BundleFacts&)>& each) {
  return log.for_each(0, log.size(), [&](const log::StoredLeaf& stored) -> Status {
    const log::Leaf& leaf = stored.leaf;
    if (leaf.kind != log::LeafKind::bundle && leaf.kind != log::LeafKind::import) {
      return {};
    }
    const auto facts = store.facts(leaf.bundle.value_or(Digest()));
    return facts && facts->seq == leaf.seq ? each(*facts) : Status();
  });
}

Status add_log(std::set<Digest>& blobs, const StoreState& store, const log::HostLog& log,
               const std::set<Digest>& without) {
  SOURCEOS_TRY(log.for_each(0, log.size(), [&](const log::StoredLeaf& stored) -> Status {
    if (stored.leaf.kind != log::LeafKind::bundle && stored.leaf.payload) {
      blobs.insert(*stored.leaf.payload);
    }
    return {};
  }));
  return for_each_bundle(store, log, [&](const BundleFacts& facts) -> Status {
    if (!facts.pruned && !without.contains(facts.id)) {
      for (const Descriptor& descriptor : reach_of(store.places, facts)) {
        blobs.insert(descriptor.digest);
      }
    }
    return {};
  });
}

}  // namespace

std::vector<Descriptor> reach_of(const StorePlaces& places, const BundleFacts& facts) {
  std::vector<Descriptor> out;
  const auto add_manifest = [&](const Digest& digest) {
    const auto reader = places.open_blob(digest);
    out.push_back({std::string(k_manifest_media_type), digest, reader ? reader->size() : 0});
  };
  add_manifest(facts.id);
  if (const auto manifest = read_manifest(places, facts.id)) {
    out.push_back(manifest->config);
    out.insert(out.end(), manifest->layers.begin(), manifest->layers.end());
  }
  for (const Digest& digest : facts.attached) {
    add_manifest(digest);
    const auto text = places.read_blob(digest, limits::k_json_bytes_max);
    if (!text) {
      continue;
    }
    if (const auto attached = parse_attached_manifest(*text)) {
      out.push_back(attached->layer);
    }
  }
  out.push_back(describe_blob(k_empty_media_type, k_empty_config));
  return out;
}

Result<std::vector<BundleFacts>> bundles_of_log(const StoreState& store) {
  std::vector<BundleFacts> bundles;
  SOURCEOS_TRY(for_each_bundle(store, *store.log, [&](const BundleFacts& facts) -> Status {
    bundles.push_back(facts);
    return {};
  }));
  return bundles;
}

Result<std::set<Digest>> reach_of_store(const StoreState& store,
                                        const std::set<Digest>& without) {
  std::set<Digest> blobs = {sha256(k_empty_config)};
  SOURCEOS_TRY(add_log(blobs, store, *store.log, without));
  const auto directory = host::open_directory(store.places.old_logs());
  if (!directory) {
    return blobs;
  }
  SOURCEOS_TRY_ASSIGN(const auto entries, host::list_directory(*directory, k_old_logs_max));
  for (const auto& entry : entries) {
    SOURCEOS_TRY_ASSIGN(const log::HostLog old_log,
                        log::HostLog::open(store.places.old_logs() / entry.name));
    SOURCEOS_TRY(add_log(blobs, store, old_log, without));
  }
  return blobs;
}

Result<std::vector<BundleFacts>> sharing_layers(const StoreState& store,
                                                const BundleFacts& facts) {
  const auto layers_of = [&](const Digest& id) {
    std::set<Digest> layers;
    if (const auto manifest = read_manifest(store.places, id)) {
      for (const Descriptor& layer : manifest->layers) {
        layers.insert(layer.digest);
      }
    }
    return layers;
  };
  const std::set<Digest> spilled = layers_of(facts.id);
  std::vector<BundleFacts> sharing;
  SOURCEOS_TRY(for_each_bundle(store, *store.log, [&](const BundleFacts& other) -> Status {
    const std::set<Digest> layers = layers_of(other.id);
    const bool shares = std::any_of(layers.begin(), layers.end(), [&](const Digest& layer) {
      return spilled.contains(layer);
    });
    if (!other.pruned && (shares || other.id == facts.id)) {
      sharing.push_back(other);
    }
    return {};
  }));
  return sharing;
}

}  // namespace sourceos::bundle
