// What the parts of the store share; not for others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "bundle/log/host_log.hpp"
#include "bundle/store.hpp"
#include "bundle/store_documents.hpp"
#include "bundle/store_heads.hpp"
#include "bundle/store_places.hpp"
#include "host/files.hpp"
#include "host/host.hpp"

namespace sourceos::bundle {

struct StoreState {
  StoreState(const host::Host& host, StoreOptions store_options)
      : clock(&host.clock),
        random(&host.random),
        environment(host.environment),
        options(std::move(store_options)),
        places(options.root) {}

  const host::Clock* clock;
  host::Random* random;
  host::Environment environment;
  StoreOptions options;
  StorePlaces places;
  std::optional<log::HostLog> log;  // set once open() returned
  OpenDocument opened;              // leaf 0
  SecretBytes key;                  // empty: a reader of a store without one

  [[nodiscard]] Status require_write() const;
  // Of the log with this id: the current one, or one that it succeeded.
  [[nodiscard]] Result<log::HostLog> open_log(const std::string& log_id) const;
  // The document that a leaf's `payload` names.
  [[nodiscard]] Result<std::string> document(const log::Leaf& leaf) const;
  [[nodiscard]] Result<Heads> heads() const;
  // Facts of M from its referrers file and, when pruned, the gc leaf.
  [[nodiscard]] Result<BundleFacts> facts(const Digest& id) const;
  [[nodiscard]] Result<std::vector<Anchor>> anchors() const;
  // "log-rewound" when the log is smaller than a checkpoint that left it.
  [[nodiscard]] Status check_anchors() const;
};

}  // namespace sourceos::bundle
