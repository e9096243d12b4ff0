// One zstd frame of a text, as any other program writes it.
#pragma once

#include <zstd.h>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace sourceos::tests {

inline std::string zstd_frame(std::string_view text) {
  constexpr int k_level = 19;
  std::string out(ZSTD_compressBound(text.size()), '\0');
  const std::size_t size = ZSTD_compress(out.data(), out.size(), text.data(), text.size(), k_level);
  REQUIRE(ZSTD_isError(size) == 0);
  out.resize(size);
  return out;
}

}  // namespace sourceos::tests
