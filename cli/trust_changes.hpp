// What the commands that change a trust file share: who may sign the next version, and the file with
// its leaf in the host log.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "bundle/key.hpp"
#include "core/result.hpp"
#include "verify/trust.hpp"

namespace sourceos::cli {

class Report;
struct Context;

using Passphrase = std::optional<bundle::SecretBytes>;

// The payload of a signed file, or a local one as it is. Editing one's own file checks no
// signature: saving signs it anew, which needs the root key.
[[nodiscard]] Result<verify::TrustDocument> read_trust_document(const std::filesystem::path& path);

// The one of this account's root keys that the trust file names: the current one, or one beside it
// after a rotation that did not come to its end.
[[nodiscard]] Result<std::unique_ptr<bundle::Signer>> root_signer(const verify::TrustDocument& document,
                                                                  const Passphrase& passphrase,
                                                                  const Context& context);

// A change of one trust file: planned with --dry-run, else saved and written into the log.
struct TrustChange {
  std::string_view name;  // of the report
  std::filesystem::path path;
  bool is_planned = false;
};
[[nodiscard]] Result<Report> change_trust(const TrustChange& change, const verify::TrustDocument& document,
                                          const bundle::Signer& root, const Context& context);
// A new root key in the place of `old_root`. The account's own key changes last: until then the
// trust file that stands can be signed for.
[[nodiscard]] Result<Report> rotate_root(const TrustChange& change, verify::TrustDocument document,
                                         const bundle::Signer& old_root, const Passphrase& passphrase,
                                         const Context& context);

}  // namespace sourceos::cli
