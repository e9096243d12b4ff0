#include "bundle/redacted.hpp"

#include "bundle/digest.hpp"

namespace sourceos::bundle {

RedactedText RedactedText::digest_hex(const Digest& digest) { return RedactedText(digest.hex()); }

}  // namespace sourceos::bundle
