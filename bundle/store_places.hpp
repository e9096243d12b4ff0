// Where things lie in a store, and the plain deeds on its files. Knows names, not meanings.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/blob.hpp"
#include "bundle/digest.hpp"
#include "core/result.hpp"
#include "host/files.hpp"

namespace sourceos::bundle {

class StorePlaces {
 public:
  explicit StorePlaces(std::filesystem::path root) : root_(std::move(root)) {}

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }
  [[nodiscard]] std::filesystem::path blobs() const { return root_ / "blobs" / "sha256"; }
  [[nodiscard]] std::filesystem::path blob(const Digest& digest) const;
  [[nodiscard]] std::filesystem::path referrers() const { return root_ / "referrers"; }
  [[nodiscard]] std::filesystem::path referrers(const Digest& manifest) const;
  [[nodiscard]] std::filesystem::path log() const { return root_ / "log"; }
  [[nodiscard]] std::filesystem::path new_log() const { return root_ / "log.new"; }
  [[nodiscard]] std::filesystem::path old_logs() const { return root_ / "log-old"; }
  [[nodiscard]] std::filesystem::path pending() const { return log() / "pending"; }
  [[nodiscard]] std::filesystem::path pending(std::uint64_t seq) const;
  [[nodiscard]] std::filesystem::path anchors() const { return log() / "anchors"; }
  [[nodiscard]] std::filesystem::path heads() const { return root_ / "heads.json"; }
  [[nodiscard]] std::filesystem::path key() const { return root_ / "secrets" / "store.key"; }
  [[nodiscard]] std::filesystem::path tmp() const { return root_ / "tmp"; }
  [[nodiscard]] std::filesystem::path reserve() const { return root_ / "reserve"; }
  [[nodiscard]] std::filesystem::path lock() const { return root_ / "lock"; }

  // A blob is in blobs/, or for a moment after its leaf was published still in log/pending/.
  // `missing-member` when it is nowhere.
  [[nodiscard]] Result<BlobReader> open_blob(const Digest& digest) const;
  // Whole, and of this digest ("digest-mismatch").
  [[nodiscard]] Result<std::string> read_blob(const Digest& digest,
                                              std::uint64_t bytes_max) const;
  // Content of the file for M under referrers/, wherever it is; `not_found` "input-missing".
  [[nodiscard]] Result<std::string> read_referrers(const Digest& manifest) const;

 private:
  [[nodiscard]] Result<std::filesystem::path> find_pending(const std::string& name) const;
  std::filesystem::path root_;
};

// Name of the referrers file of M inside log/pending/<seq>/.
[[nodiscard]] std::string pending_referrers_name(const Digest& manifest);

// A file that is not there yet, open to write, mode 0600.
[[nodiscard]] Result<host::Descriptor> create_file(const std::filesystem::path& path);
// Writes such a file; `<fault_prefix>.write` lies in the middle. Not synced.
[[nodiscard]] Status write_new_file(const std::filesystem::path& path, std::string_view bytes,
                                    std::string_view fault_prefix);

struct ToSync {
  std::filesystem::path path;    // a file or a directory
  std::string_view fault_point;  // empty: none
};
// The barrier: fsync of all, in parallel (security S-21).
[[nodiscard]] Status sync_all(const std::vector<ToSync>& what);

[[nodiscard]] Status rename_file(const std::filesystem::path& from,
                                 const std::filesystem::path& to, std::string_view fault_point);

// No space is left; what was to be written was not.
[[nodiscard]] bool is_no_space(const Error& error);
// For errors of opening to write: full, read-only and forbidden become "evidence-unavailable".
[[nodiscard]] Error as_unavailable(Error error);

}  // namespace sourceos::bundle
