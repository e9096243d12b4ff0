// Writes the layers of a bundle: small entries into packs, large ones into segments, and the index
// of them all. Entries come in strictly ascending path order; memory stays bounded whatever comes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bundle/digest.hpp"
#include "bundle/index_line.hpp"
#include "bundle/manifest.hpp"
#include "bundle/redacted.hpp"
#include "core/result.hpp"
#include "host/files.hpp"

namespace sourceos::bundle {

struct WriterOptions {
  host::fs::path directory;  // exists, empty, ours alone
  int compression_level = 1;
  unsigned jobs = 0;  // 0: one for each core
};

// The layers of a bundle that is not sealed yet: files in `directory`, each named by the 64 hex
// digits of its digest, written but not synced.
struct Draft {
  host::fs::path directory;
  std::vector<Descriptor> layers;  // as in M: the index, then packs and segments
  Digest index_digest;             // of the uncompressed index
  std::uint64_t entry_count = 0;
  std::uint64_t entry_bytes = 0;
  bool complete = true;
  std::vector<NamedCount> by_rule;  // sums over the index lines
  std::vector<NamedCount> by_class;
  std::uint64_t known = 0;
  std::uint64_t foreign = 0;
};

// A whole entry, hashed. Making one is safe on any thread and is the larger part of the work.
class PreparedEntry {
 public:
  [[nodiscard]] const std::string& path() const { return line_.path; }
  [[nodiscard]] std::uint64_t size() const { return line_.size; }

 private:
  friend class BundleWriter;
  friend PreparedEntry prepare(EntryHeader, const std::optional<SourceFacts>&, Redacted);
  PreparedEntry() = default;
  IndexLine line_;
  std::vector<NamedCount> classes_;
  std::string bytes_;
};
[[nodiscard]] PreparedEntry prepare(EntryHeader header, const std::optional<SourceFacts>& source,
                                    Redacted content);

class BundleWriter;

// An entry whose content comes in blocks. One at a time; finish() before the next entry.
class EntryStream {
 public:
  EntryStream(EntryStream&&) noexcept;
  EntryStream& operator=(EntryStream&&) noexcept;
  ~EntryStream();
  [[nodiscard]] Status append(const RedactedBlock& block);
  [[nodiscard]] std::uint64_t bytes() const;
  // Without it the entry is as if it had never begun.
  [[nodiscard]] Status finish(const std::optional<SourceFacts>& source,
                              const RedactionRecord& redaction);

 private:
  friend class BundleWriter;
  struct State;
  explicit EntryStream(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class BundleWriter {
 public:
  [[nodiscard]] static Result<BundleWriter> create(WriterOptions options);
  BundleWriter(BundleWriter&&) noexcept;
  BundleWriter& operator=(BundleWriter&&) noexcept;
  ~BundleWriter();

  [[nodiscard]] Status add(PreparedEntry entry);
  [[nodiscard]] Status add(EntryHeader header, const std::optional<SourceFacts>& source,
                           Redacted content);
  // The stream must not outlive the writer.
  [[nodiscard]] Result<EntryStream> open(EntryHeader header);
  // Closes the packs, lays out anew when there are more than 64 layers, writes the index.
  [[nodiscard]] Result<Draft> finish();

 private:
  friend class EntryStream;
  struct State;
  explicit BundleWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sourceos::bundle
