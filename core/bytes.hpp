// Text forms of bytes: lower-case hex and standard base64 (RFC 4648 section 4).
// Bytes travel as std::string / std::string_view throughout; they need not be text.
#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"

namespace sourceos {

[[nodiscard]] std::string hex_encode(std::string_view bytes);
// Accepts lower-case digits only; anything else is `malformed`.
[[nodiscard]] Result<std::string> hex_decode(std::string_view hex);
[[nodiscard]] bool is_lower_hex(std::string_view text);

[[nodiscard]] std::string base64_encode(std::string_view bytes);
// Strict: padding present, no white space, unused bits zero; anything else is `malformed`.
[[nodiscard]] Result<std::string> base64_decode(std::string_view text);

}  // namespace sourceos
