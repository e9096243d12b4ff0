// Settings of a repository, written out in the plainest form and read again, are the same.

#include <string>

#include "host/tools/git_config.hpp"
#include "tests/fuzz/property.hpp"

using namespace sourceos;

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      default: out += c;
    }
  }
  return out;
}

std::string write(const host::GitSetting& setting) {
  std::string out = "[" + setting.section;
  if (!setting.subsection.empty()) {
    out += " \"" + escaped(setting.subsection) + "\"";
  }
  return out + "]\n" + setting.name + " = \"" + escaped(setting.value) + "\"\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto settings = host::parse_git_config(fuzz::as_text(data, size));
  if (!settings) {
    return 0;
  }
  for (const host::GitSetting& setting : *settings) {
    fuzz::require(!setting.section.empty() && !setting.name.empty(), "a setting has a name");
    (void)host::runs_code(setting);
    const auto again = host::parse_git_config(write(setting));
    fuzz::require(again && again->size() == 1, "a written setting is read");
    const host::GitSetting& read = again->front();
    fuzz::require(read.full_name() == setting.full_name() && read.value == setting.value,
                  "a setting survives being written");
  }
  return 0;
}
