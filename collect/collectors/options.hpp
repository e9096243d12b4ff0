// A collector's options as a plan or the command line gave them. Types were checked against the
// registry's row before: what has another type counts as absent here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "collect/collector.hpp"

namespace sourceos::collect {

[[nodiscard]] std::string text_option(const CollectContext& context, std::string_view name);
[[nodiscard]] std::vector<std::string> list_option(const CollectContext& context,
                                                   std::string_view name);
[[nodiscard]] std::uint64_t number_option(const CollectContext& context, std::string_view name,
                                          std::uint64_t otherwise);
[[nodiscard]] bool flag_option(const CollectContext& context, std::string_view name,
                               bool otherwise);

// A path of an option: "~" is the home directory, a relative one starts at context.directory;
// absolute and without "." and ".." afterwards.
[[nodiscard]] std::filesystem::path option_path(const CollectContext& context,
                                                std::string_view path);

// Bytes as a JSON string: what is no UTF-8, or has a NUL, is shown with escapes.
[[nodiscard]] std::string json_text(std::string_view bytes);

}  // namespace sourceos::collect
