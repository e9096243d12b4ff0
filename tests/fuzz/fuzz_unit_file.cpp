// What systemctl prints of a unit: properties, unit names and path lists, written again in the same
// form, are read as the same.

#include <string>

#include "host/tools/systemd.hpp"
#include "tests/fuzz/property.hpp"

using namespace sourceos;

namespace {

std::string write_paths(const std::vector<std::string>& paths) {
  std::string out;
  for (const std::string& path : paths) {
    for (const char c : path) {
      out += c == ' ' || c == '\\' ? "\\" : "";
      out += c;
    }
    out += ' ';
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::as_text(data, size);
  const auto properties = host::parse_unit_properties(input);
  std::string written;
  for (const host::UnitProperty& property : properties) {
    written += property.name + "=" + property.value + "\r\n";  // a value may end with one too
  }
  const auto again = host::parse_unit_properties(written);
  fuzz::require(again.size() == properties.size(), "no property is lost");
  for (std::size_t i = 0; i < again.size(); ++i) {
    fuzz::require(again[i].name == properties[i].name && again[i].value == properties[i].value,
                  "a property survives being written");
  }
  const auto paths = host::parse_path_list(input);
  fuzz::require(host::parse_path_list(write_paths(paths)) == paths, "a path list survives");
  for (const std::string& unit : host::parse_unit_names(input)) {
    fuzz::require(unit.find(' ') == std::string::npos, "a unit's name is one word");
  }
  return 0;
}
