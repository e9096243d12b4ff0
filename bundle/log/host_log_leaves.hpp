// The file of leaf records and the offsets into it. Knows bytes, not what a leaf says.
//
// A record is { u32 length, bytes, u32 CRC-32C of length and bytes }, little-endian. Records
// follow each other without gaps from the file's first byte. `offsets` has one u64 a record:
// where it ends. It is a cache: every record read through it is checked by its CRC, and a miss
// falls back to reading the records from the start.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "host/files.hpp"

namespace sourceos::bundle::log {

// CRC-32C (Castagnoli), RFC 3720 B.4.
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes);
[[nodiscard]] std::string write_leaf_record(std::string_view leaf);

class LeafFile {
 public:
  enum class Access { read, write };
  // With write access files that are not there are made.
  [[nodiscard]] static Result<LeafFile> open(const std::filesystem::path& directory,
                                             Access access);

  struct Record {
    std::string leaf;
    std::uint64_t end = 0;
  };
  // The record at a byte offset; nullopt when it is torn or not there.
  [[nodiscard]] Result<std::optional<Record>> record_at(std::uint64_t offset) const;
  // Record `index`, found through the offsets.
  [[nodiscard]] Result<Record> record(std::uint64_t index) const;
  // Where the first `count` records end.
  [[nodiscard]] Result<std::uint64_t> end_of(std::uint64_t count) const;
  // Records from `index` on, `count` of them, read in large pieces.
  [[nodiscard]] Status for_each(
      std::uint64_t index, std::uint64_t count,
      const std::function<Status(std::uint64_t index, std::string_view leaf)>& each) const;
  [[nodiscard]] Result<std::uint64_t> size_bytes() const;

  // --- the holder of the store's lock only
  // Writes records after the first `end` bytes. Fault points store.leaf.write, in the middle.
  [[nodiscard]] Status write_at(std::uint64_t end, std::string_view records) const;
  [[nodiscard]] Status sync() const;  // store.leaf.fsync
  [[nodiscard]] Status cut(std::uint64_t end) const;
  // Offsets of records `index`...; later ones are cut.
  [[nodiscard]] Status write_offsets(std::uint64_t index,
                                     const std::vector<std::uint64_t>& ends) const;
  // True when offsets has `count` entries and the last leads to a whole record.
  [[nodiscard]] bool offsets_fit(std::uint64_t count) const;
  // The first `count` entries of offsets; fewer when it has fewer.
  [[nodiscard]] std::vector<std::uint64_t> stored_ends(std::uint64_t count) const;
  // All ends as the records themselves say, up to `count`.
  [[nodiscard]] Result<std::vector<std::uint64_t>> scan_ends(std::uint64_t count) const;

 private:
  [[nodiscard]] std::optional<std::uint64_t> stored_end(std::uint64_t index) const;

  host::Descriptor leaves_;
  host::Descriptor offsets_;                        // may be absent for a reader
  mutable std::vector<std::uint64_t> scanned_ends_;  // when the offsets proved wrong
};

}  // namespace sourceos::bundle::log
