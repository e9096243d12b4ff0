#include "bundle/store_fsck_bundles.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "bundle/layout.hpp"
#include "bundle/manifest.hpp"
#include "bundle/record.hpp"
#include "bundle/statement.hpp"
#include "bundle/store_reach.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"

namespace sourceos::bundle {

namespace {

// What the log says of one M.
struct Logged {
  log::Leaf leaf;                    // the newest `bundle` or `import`
  std::optional<std::uint64_t> gc;   // the gc leaf after it
  std::optional<Digest> previous;    // the bundle before, for `bundle`
};

class BundleCheck {
 public:
  BundleCheck(const StoreState& store, const std::vector<Digest>& blobs, FsckReport& report)
      : store_(&store), blobs_(&blobs), report_(&report) {}

  std::vector<WrongReferrers> run() {
    // A log that cannot be walked was named already.
    (void)store_->log->for_each(0, store_->log->size(), [&](const log::StoredLeaf& stored) {
      note(stored.leaf);
      return Status();
    });
    report_->bundles = logged_.size();
    for (const auto& [id, logged] : logged_) {
      check(id, logged);
    }
    return std::move(wrong_);
  }

 private:
  void add(std::string reason, std::string name, std::string detail) {
    report_->findings.push_back({std::move(reason), std::move(name), std::move(detail), false});
  }

  void note(const log::Leaf& leaf) {
    if (leaf.kind == log::LeafKind::bundle || leaf.kind == log::LeafKind::import) {
      logged_[leaf.bundle.value_or(Digest())] = {leaf, {}, previous_};
      if (leaf.kind == log::LeafKind::bundle) {
        previous_ = leaf.bundle;
        return;
      }
    }
    if (leaf.kind == log::LeafKind::gc && leaf.bundle) {
      logged_[*leaf.bundle].gc = leaf.seq;
    }
    if (leaf.payload && !store_->places.open_blob(*leaf.payload)) {
      add("missing-member", blob_name(*leaf.payload),
          fmt::format("expected the document of leaf {}, it is not there", leaf.seq));
    }
  }

  void check(const Digest& id, const Logged& logged) {
    const auto text = store_->places.read_referrers(id);
    auto referrers = text ? parse_referrers(*text)
                          : Result<Referrers>(std::unexpected(text.error()));
    Referrers right{referrers ? referrers->attached : attached_to(id),
                    logged.leaf.kind == log::LeafKind::import, store_->opened.log_id, logged.gc,
                    logged.leaf.seq};
    if (!referrers || *referrers != right) {
      wrong_.push_back({id, right});
    }
    if (logged.gc) {
      return;
    }
    check_members(id, right);
    if (logged.leaf.kind == log::LeafKind::bundle) {
      check_sequence(id, logged);
      check_payload(id, logged.leaf, right.attached);
    }
  }

  void check_members(const Digest& id, const Referrers& referrers) {
    const BundleFacts facts{id, referrers.seq, referrers.imported, referrers.log_id,
                            referrers.attached, {}};
    for (const Descriptor& descriptor : reach_of(store_->places, facts)) {
      const auto reader = store_->places.open_blob(descriptor.digest);
      if (!reader) {
        add("missing-member", blob_name(descriptor.digest),
            fmt::format("expected it for bundle {}, it is not there", id.text()));
      } else if (reader->size() != descriptor.size) {
        add("descriptor", blob_name(descriptor.digest),
            fmt::format("expected {} bytes for bundle {}, there are {}", descriptor.size,
                        id.text(), reader->size()));
      }
    }
  }

  void check_sequence(const Digest& id, const Logged& logged) {
    const auto text = read_record_of(store_->places, id);
    const auto record = text ? parse_record(*text)
                             : Result<json::Value>(std::unexpected(text.error()));
    if (!record) {
      return add(record.error().reason, blob_name(id), record.error().message);
    }
    json::Value expected = {{"intent", nullptr},
                            {"logId", store_->opened.log_id},
                            {"openIntents", record->at("sequence").at("openIntents")},
                            {"previous", nullptr},
                            {"seq", logged.leaf.seq}};
    if (logged.leaf.ref) {
      expected["intent"] = *logged.leaf.ref;
    }
    if (logged.previous) {
      expected["previous"] = logged.previous->text();
    }
    if (record->at("sequence") != expected) {
      add("log-proof", blob_name(id),
          fmt::format("the record gives the bundle another place than leaf {}", logged.leaf.seq));
    }
  }

  void check_payload(const Digest& id, const log::Leaf& leaf,
                     const std::vector<Digest>& attached) {
    const bool is_signed = std::any_of(attached.begin(), attached.end(), [&](const Digest& s) {
      const auto text = store_->places.read_blob(s, limits::k_json_bytes_max);
      const auto manifest = text ? parse_attached_manifest(*text)
                                 : Result<AttachedManifest>(std::unexpected(text.error()));
      if (!manifest || manifest->layer.media_type != k_sigstore_media_type) {
        return false;
      }
      const auto layer = store_->places.read_blob(manifest->layer.digest,
                                                  limits::k_sigstore_bytes_max);
      const auto sigstore = layer ? parse_sigstore_bundle(*layer)
                                  : Result<SigstoreBundle>(std::unexpected(layer.error()));
      return sigstore && sha256(sigstore->payload) == leaf.payload;
    });
    if (!is_signed) {
      add("payload-mismatch", blob_name(id),
          fmt::format("expected a signature over the payload of leaf {}, there is none",
                      leaf.seq));
    }
  }

  // From a walk over all blobs, made once: a referrers file that is lost can be found again.
  const std::vector<Digest>& attached_to(const Digest& id) {
    if (!attached_) {
      attached_.emplace();
      for (const Digest& digest : *blobs_) {
        const auto text = store_->places.read_blob(digest, limits::k_config_file_bytes_max);
        const auto manifest = text ? parse_attached_manifest(*text)
                                   : Result<AttachedManifest>(std::unexpected(text.error()));
        if (manifest) {
          (*attached_)[manifest->subject.digest].push_back(digest);
        }
      }
    }
    return (*attached_)[id];
  }

  const StoreState* store_;
  const std::vector<Digest>* blobs_;
  FsckReport* report_;
  std::map<Digest, Logged> logged_;
  std::optional<Digest> previous_;
  std::vector<WrongReferrers> wrong_;
  std::optional<std::map<Digest, std::vector<Digest>>> attached_;
};

}  // namespace

std::vector<WrongReferrers> check_bundles(const StoreState& store,
                                          const std::vector<Digest>& blobs, FsckReport& report) {
  return BundleCheck(store, blobs, report).run();
}

}  // namespace sourceos::bundle
