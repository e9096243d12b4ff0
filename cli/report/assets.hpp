// Styles and script of the report page, embedded at build time.
#pragma once

#include <string_view>

namespace sourceos::cli {

extern const std::string_view k_page_css;
extern const std::string_view k_page_js;

}  // namespace sourceos::cli
