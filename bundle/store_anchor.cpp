// Anchors (security S-04): checkpoints that left the host. Up to the newest one the sequence
// stands against the host itself; the file `anchors` in log/ says which were handed out, the
// targets themselves are what a rewound log cannot change.

#include <unistd.h>

#include <algorithm>

#include <fmt/format.h>

#include "bundle/log/checkpoint.hpp"
#include "bundle/log/merkle.hpp"
#include "bundle/store_growth.hpp"
#include "bundle/store_state.hpp"
#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace sourceos::bundle {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t k_anchors_bytes_max = 64 * limits::k_mib;
constexpr std::uint64_t k_checkpoint_bytes_max = 64 * limits::k_kib;

Result<Anchor> parse_anchor(std::string_view line) {
  SOURCEOS_TRY_ASSIGN(const json::Value value, json::parse(line));
  Anchor anchor;
  try {
    value.at("size").get_to(anchor.size);
    value.at("at").get_to(anchor.at);
    value.at("target").get_to(anchor.target);
    SOURCEOS_TRY_ASSIGN(anchor.root,
                        Digest::parse(value.at("root").get_ref<const std::string&>()));
  } catch (const json::Value::exception&) {
    return fail(ErrorKind::malformed, "malformed", "expected an anchor, there is something else");
  }
  return anchor;
}

fs::path checkpoint_file(const fs::path& target, const std::string& log_id) {
  const auto facts = host::describe(target);
  return facts && facts->kind == host::FileKind::directory ? target / (log_id + ".checkpoint")
                                                           : target;
}

// Nothing when no checkpoint of this log is there (yet, or any more: a target may be offline).
std::optional<log::Checkpoint> read_target(const fs::path& file, const std::string& origin) {
  const auto text = host::read_file(file, k_checkpoint_bytes_max);
  const auto note = text ? log::parse_checkpoint(*text)
                         : Result<log::SignedCheckpoint>(log::SignedCheckpoint());
  if (!note || note->checkpoint.origin != origin) {
    return std::nullopt;
  }
  return note->checkpoint;
}

std::unexpected<Error> rewound(std::uint64_t anchored, std::uint64_t size) {
  return fail(Error(ErrorKind::refused, "log-rewound",
                    fmt::format("expected a log of at least {} leaves, as was anchored, there are "
                                "{}",
                                anchored, size))
                  .with_next("sourceosctl evidence log new --succeeds"));
}

Status check_extends(const log::HostLog& log, const log::Checkpoint& anchored) {
  if (anchored.size > log.size()) {
    return rewound(anchored.size, log.size());
  }
  SOURCEOS_TRY_ASSIGN(const Digest root, log.root_of(anchored.size));
  if (root != anchored.root) {
    return fail(ErrorKind::refused, "log-fork",
                fmt::format("expected the log that was anchored at size {}, this is another",
                            anchored.size));
  }
  return {};
}

}  // namespace

Result<std::vector<Anchor>> StoreState::anchors() const {
  auto text = host::read_file(places.anchors(), k_anchors_bytes_max);
  if (!text && text.error().kind == ErrorKind::not_found) {
    return std::vector<Anchor>();
  }
  if (!text) {
    return fail(std::move(text).error());
  }
  std::vector<Anchor> anchors;
  for (const std::string_view line : text::lines(*text)) {
    SOURCEOS_TRY_ASSIGN(Anchor anchor, parse_anchor(line));
    anchors.push_back(std::move(anchor));
  }
  return anchors;
}

Status StoreState::check_anchors() const {
  SOURCEOS_TRY_ASSIGN(const auto known, anchors());
  std::uint64_t anchored = 0;
  for (const Anchor& anchor : known) {
    anchored = std::max(anchored, anchor.size);
  }
  for (const fs::path& target : options.anchor_targets) {
    const auto checkpoint =
        read_target(checkpoint_file(target, opened.log_id), log->checkpoint().origin);
    anchored = std::max(anchored, checkpoint ? checkpoint->size : 0);
  }
  return anchored > log->size() ? Status(rewound(anchored, log->size())) : Status();
}

Result<std::vector<Anchor>> Store::anchors() const { return state_->anchors(); }

Result<Anchor> Store::anchor(const fs::path& target, const RedactedText& shown_as) {
  SOURCEOS_TRY_ASSIGN(Growth growth, Growth::begin(*state_));  // one anchor at a time
  const log::HostLog& log = *state_->log;
  const fs::path file = checkpoint_file(target, state_->opened.log_id);
  if (const auto there = read_target(file, log.checkpoint().origin)) {
    SOURCEOS_TRY_CONTEXT(check_extends(log, *there), "anchor the log");
  }
  SOURCEOS_TRY_CONTEXT(host::write_file_atomically(file, log.checkpoint_text(), 0644,
                                                   host::Durability::synced),
                       "anchor the log");
  const Anchor anchor{log.size(), log.root(), growth.at(), shown_as.str()};
  SOURCEOS_TRY_ASSIGN(const auto known, state_->anchors());
  std::string lines;
  const auto add = [&](const Anchor& one) -> Status {
    SOURCEOS_TRY_ASSIGN(const std::string line,
                        json::write_canonical({{"at", one.at},
                                               {"root", one.root.text()},
                                               {"size", one.size},
                                               {"target", one.target}}));
    lines += line + "\n";
    return {};
  };
  // Only the newest for each target: an older one at the same place says nothing more.
  for (const Anchor& one : known) {
    if (one.target != anchor.target) {
      SOURCEOS_TRY(add(one));
    }
  }
  SOURCEOS_TRY(add(anchor));
  SOURCEOS_TRY(host::write_file_atomically(state_->places.anchors(), lines, 0600,
                                           host::Durability::synced));
  return anchor;
}

}  // namespace sourceos::bundle
