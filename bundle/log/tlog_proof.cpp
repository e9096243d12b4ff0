// tlog-proof@v1, as we write it:
//   c2sp.org/tlog-proof@v1
//   extra <base64 of the leaf>
//   index <decimal>
//   <base64 hash>             none or more
//   (empty line)
//   <checkpoint, a signed note>
// Consistency proof, ours in the same style:
//   sourceos.evidence/consistency-proof@v1
//   origin <origin>
//   old <decimal>
//   new <decimal>
//   <base64 hash>             none or more
#include "bundle/log/tlog_proof.hpp"

#include "bundle/log/decimal.hpp"
#include "bundle/log/merkle.hpp"
#include "core/bytes.hpp"
#include "core/limits.hpp"

namespace sourceos::bundle::log {
namespace {

constexpr std::string_view k_proof_first = "c2sp.org/tlog-proof@v1";
constexpr std::string_view k_consistency_first = "sourceos.evidence/consistency-proof@v1";
constexpr std::size_t k_proof_bytes_max = 128 * limits::k_kib;
constexpr std::size_t k_hashes_max = 64;              // a tree of 2^64 leaves has no longer one
constexpr std::size_t k_consistency_hashes_max = 65;  // one more when the old tree is not complete

std::unexpected<Error> malformed(std::string message) {
  return fail(ErrorKind::malformed, "malformed", std::move(message));
}

// Takes lines off the front of a text.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}
  [[nodiscard]] bool is_at_end() const { return rest_.empty(); }
  [[nodiscard]] std::string_view rest() const { return rest_; }

  [[nodiscard]] Result<std::string_view> next() {
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) {
      return malformed("expected another line in the proof");
    }
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return line;
  }
  [[nodiscard]] Result<std::string_view> next_after(std::string_view word) {
    SOURCEOS_TRY_ASSIGN(const std::string_view line, next());
    if (!line.starts_with(word) || line.size() <= word.size() || line[word.size()] != ' ') {
      return malformed("expected a line '" + std::string(word) + " ...' in the proof");
    }
    return line.substr(word.size() + 1);
  }

 private:
  std::string_view rest_;
};

void append_hashes(std::string& out, const std::vector<Digest>& hashes) {
  for (const Digest& hash : hashes) {
    out += base64_encode(hash.bytes()) + "\n";
  }
}

Status read_hash(std::string_view line, std::size_t hashes_max, std::vector<Digest>& hashes) {
  if (hashes.size() == hashes_max) {
    return malformed("there are more hashes in the proof than any tree needs");
  }
  SOURCEOS_TRY_ASSIGN(const std::string bytes, base64_decode(line));
  SOURCEOS_TRY_ASSIGN(const Digest hash, Digest::from_bytes(bytes));
  hashes.push_back(hash);
  return {};
}

Status check_first(Lines& lines, std::string_view expected) {
  SOURCEOS_TRY_ASSIGN(const std::string_view first, lines.next());
  if (first != expected) {
    return malformed("expected a proof that begins with '" + std::string(expected) + "'");
  }
  return {};
}

Status check_size(std::string_view text) {
  if (text.size() > k_proof_bytes_max) {
    return fail(ErrorKind::limit, "limit", "the proof is larger than 128 KiB");
  }
  return {};
}

}  // namespace

std::string write_tlog_proof(const TlogProof& proof) {
  std::string out(k_proof_first);
  out += "\nextra " + base64_encode(proof.leaf);
  out += "\nindex " + std::to_string(proof.index) + "\n";
  append_hashes(out, proof.hashes);
  return out + "\n" + proof.checkpoint;
}

Result<TlogProof> parse_tlog_proof(std::string_view text) {
  SOURCEOS_TRY(check_size(text));
  Lines lines(text);
  SOURCEOS_TRY(check_first(lines, k_proof_first));
  TlogProof proof;
  SOURCEOS_TRY_ASSIGN(const std::string_view extra, lines.next_after("extra"));
  SOURCEOS_TRY_ASSIGN(proof.leaf, base64_decode(extra));
  SOURCEOS_TRY_ASSIGN(const std::string_view index, lines.next_after("index"));
  SOURCEOS_TRY_ASSIGN(proof.index, parse_decimal(index));
  while (true) {
    SOURCEOS_TRY_ASSIGN(const std::string_view line, lines.next());
    if (line.empty()) {
      break;
    }
    SOURCEOS_TRY(read_hash(line, k_hashes_max, proof.hashes));
  }
  proof.checkpoint = std::string(lines.rest());
  return proof;
}

bool is_included(const TlogProof& proof, const Checkpoint& checkpoint) {
  return verify_inclusion(leaf_hash(proof.leaf), proof.index, checkpoint.size, proof.hashes,
                          checkpoint.root);
}

std::string write_consistency_proof(const ConsistencyProof& proof) {
  std::string out(k_consistency_first);
  out += "\norigin " + proof.origin;
  out += "\nold " + std::to_string(proof.old_size);
  out += "\nnew " + std::to_string(proof.new_size) + "\n";
  append_hashes(out, proof.hashes);
  return out;
}

Result<ConsistencyProof> parse_consistency_proof(std::string_view text) {
  SOURCEOS_TRY(check_size(text));
  Lines lines(text);
  SOURCEOS_TRY(check_first(lines, k_consistency_first));
  ConsistencyProof proof;
  SOURCEOS_TRY_ASSIGN(const std::string_view origin, lines.next_after("origin"));
  proof.origin = std::string(origin);
  SOURCEOS_TRY_ASSIGN(const std::string_view old_size, lines.next_after("old"));
  SOURCEOS_TRY_ASSIGN(proof.old_size, parse_decimal(old_size));
  SOURCEOS_TRY_ASSIGN(const std::string_view new_size, lines.next_after("new"));
  SOURCEOS_TRY_ASSIGN(proof.new_size, parse_decimal(new_size));
  while (!lines.is_at_end()) {
    SOURCEOS_TRY_ASSIGN(const std::string_view line, lines.next());
    SOURCEOS_TRY(read_hash(line, k_consistency_hashes_max, proof.hashes));
  }
  return proof;
}

}  // namespace sourceos::bundle::log
