// One bundle as one self-contained page: no network, no link made from evidence, all data in one
// JSON block, shown by textContent only (security S-23).
#pragma once

#include <string>
#include <string_view>

#include "core/json/fwd.hpp"
#include "core/result.hpp"

namespace sourceos::bundle {
class View;
}
namespace sourceos::verify {
struct Verdict;
}

namespace sourceos::cli {

struct PageFrame {
  std::string program;         // "sourceosctl 0.1.0"
  std::string verify_command;  // what checks the bundle
};

// What the page shows: verdict, record, findings with the times their lines name, entries with the
// beginning of those that are text. Every string has been through text::for_display.
[[nodiscard]] Result<json::Value> page_data(const bundle::View& view, const verify::Verdict& verdict,
                                            const PageFrame& frame);
[[nodiscard]] std::string write_page(const json::Value& data);

// JSON that may stand in a script element: `<`, `>`, `&`, U+2028 and U+2029 escaped.
[[nodiscard]] std::string json_for_html(const json::Value& data);

}  // namespace sourceos::cli
