// What a store holds: rows, ids, open intents.

#include <fmt/format.h>

#include "bundle/store_state.hpp"
#include "core/bytes.hpp"
#include "core/limits.hpp"
#include "host/files.hpp"

namespace sourceos::bundle {

namespace {

constexpr std::size_t k_prefix_digits_min = 8;
constexpr std::size_t k_shard_entries_max = 10'000'000;
constexpr std::string_view k_urn_prefix = "urn:srcos:evidence-bundle:";
constexpr std::string_view k_last = "@last";

bool is_wanted(const ListRow& row, const ListOptions& options) {
  if (options.subject && *options.subject != row.subject_ref &&
      *options.subject != fmt::format("{}:{}", row.subject_kind, row.subject_ref)) {
    return false;
  }
  if (options.since) {
    const auto at = parse_time(row.at);
    return at && *at >= *options.since;
  }
  return true;
}

// True when the rows of heads.json are all that can be asked for.
bool has_all_rows(const Heads& heads, const ListOptions& options, std::size_t found) {
  return heads.rows.size() < k_head_rows_max || (options.rows_max != 0 && found >= options.rows_max);
}

std::string_view hex_part(std::string_view text) {
  for (const std::string_view prefix : {std::string_view("sha256:"), k_urn_prefix}) {
    if (text.starts_with(prefix)) {
      return text.substr(prefix.size());
    }
  }
  return text;
}

std::unexpected<Error> no_bundle(std::string_view text) {
  const std::string_view what = text == k_last ? "made here" : "in the store";
  return fail(Error(ErrorKind::not_found, "input-missing",
                    fmt::format("expected a bundle '{}' {}, there is none", text, what))
                  .with_next("sourceosctl evidence list"));
}

Result<Digest> find_last(const log::HostLog& log) {
  std::optional<Digest> last;
  SOURCEOS_TRY(log.for_each_back([&](const log::StoredLeaf& stored) -> Result<bool> {
    if (stored.leaf.kind == log::LeafKind::bundle) {
      last = stored.leaf.bundle;
    }
    return !last;
  }));
  if (!last) {
    return no_bundle(k_last);
  }
  return *last;
}

Result<Digest> find_prefix(const StorePlaces& places, std::string_view prefix) {
  const auto directory = host::open_directory(places.referrers() / prefix.substr(0, 2));
  if (!directory) {
    return no_bundle(prefix);
  }
  SOURCEOS_TRY_ASSIGN(const auto entries, host::list_directory(*directory, k_shard_entries_max));
  std::vector<std::string> found;
  for (const auto& entry : entries) {
    if (entry.name.starts_with(prefix)) {
      found.push_back(entry.name);
    }
  }
  if (found.empty()) {
    return no_bundle(prefix);
  }
  if (found.size() > 1) {
    return fail(ErrorKind::usage, "ambiguous-id",
                fmt::format("expected '{}' to begin one id, it begins {}", prefix, found.size()));
  }
  return Digest::parse_hex(found.front());
}

}  // namespace

Result<std::vector<ListRow>> Store::list(const ListOptions& options) const {
  SOURCEOS_TRY(state_->log->refresh());
  SOURCEOS_TRY_ASSIGN(const Heads heads, state_->heads());
  std::vector<ListRow> rows;
  const auto add = [&](const ListRow& row) {
    if (is_wanted(row, options)) {
      rows.push_back(row);
    }
    return options.rows_max == 0 || rows.size() < options.rows_max;
  };
  for (const ListRow& row : heads.rows) {
    if (!add(row)) {
      return rows;
    }
  }
  if (has_all_rows(heads, options, rows.size())) {
    return rows;
  }
  SOURCEOS_TRY(state_->log->for_each_back([&](const log::StoredLeaf& stored) -> Result<bool> {
    const bool is_row = stored.leaf.kind == log::LeafKind::bundle ||
                        stored.leaf.kind == log::LeafKind::import;
    if (!is_row || stored.leaf.seq >= heads.rows.back().seq) {
      return true;
    }
    const auto at = options.since ? parse_time(stored.leaf.at) : Result<UtcTime>(UtcTime());
    if (options.since && at && *at < *options.since) {
      return false;  // times of leaves never go back
    }
    return add(make_row(state_->places, *state_->log, stored));
  }));
  return rows;
}

Result<std::vector<OpenIntent>> Store::open_intents(const std::optional<Subject>& subject) const {
  SOURCEOS_TRY(state_->log->refresh());
  SOURCEOS_TRY_ASSIGN(Heads heads, state_->heads());
  if (subject) {
    std::erase_if(heads.open, [&](const OpenIntent& intent) {
      return intent.subject_kind != subject->kind || intent.subject_ref != subject->ref;
    });
  }
  return std::move(heads.open);
}

Result<Digest> Store::find(std::string_view text) const {
  if (text == k_last) {
    SOURCEOS_TRY(state_->log->refresh());
    return find_last(*state_->log);
  }
  const std::string_view hex = hex_part(text);
  if (!is_lower_hex(hex) || hex.size() > 2 * Digest::k_size) {
    return fail(ErrorKind::usage, "usage",
                fmt::format("expected the id of a bundle, there is '{}'", text));
  }
  if (hex.size() < k_prefix_digits_min) {
    return fail(ErrorKind::usage, "id-too-short",
                fmt::format("expected at least {} digits of an id, there are {}",
                            k_prefix_digits_min, hex.size()));
  }
  if (hex.size() < 2 * Digest::k_size) {
    return find_prefix(state_->places, hex);
  }
  SOURCEOS_TRY_ASSIGN(const Digest id, Digest::parse_hex(hex));
  if (!state_->places.read_referrers(id)) {
    return no_bundle(text);
  }
  return id;
}

Result<BundleFacts> Store::facts(const Digest& id) const { return state_->facts(id); }

Result<std::string> Store::blob(const Digest& digest, std::uint64_t bytes_max) const {
  return state_->places.read_blob(digest, bytes_max);
}

}  // namespace sourceos::bundle
