// Of a registry auth file nothing is told that is no name: a marker that stands in values only is
// in no answer.

#include <array>
#include <string>

#include "collect/collectors/auth_file.hpp"
#include "tests/fuzz/property.hpp"

using namespace sourceos;

namespace {

constexpr std::string_view k_marker = "MARKED-VALUE";

bool is_marked(std::string_view text) { return text.find(k_marker) != std::string_view::npos; }

// The input as the host of an entry whose every value is marked.
void check_no_value_is_told(std::string_view host) {
  std::string name;
  for (const char c : host) {
    const bool plain = c >= ' ' && c < 0x7f && c != '"' && c != '\\';
    name += plain ? c : '.';
  }
  const std::string value(k_marker);
  const collect::AuthFile file = collect::read_auth_file(
      "{\"auths\":{\"" + name + "\":{\"auth\":\"" + value + "\",\"x\":{\"y\":\"" + value +
      "\"}}},\"proxies\":{\"default\":\"" + value + "\"}}");
  fuzz::require(file.verdict == "credentials", "a credential is seen");
  fuzz::require(file.hosts.size() == 1 && (file.hosts[0].host == name), "a host is told");
  for (const std::string& field : file.hosts[0].fields) {
    fuzz::require(!is_marked(field), "no value is told");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::as_text(data, size);
  const collect::AuthFile file = collect::read_auth_file(input);
  constexpr std::array<std::string_view, 5> k_verdicts = {"empty", "hosts", "helpers",
                                                          "credentials", "unparsable"};
  bool known = false;
  for (const std::string_view verdict : k_verdicts) {
    known = known || verdict == file.verdict;
  }
  fuzz::require(known, "a verdict is one of five");
  if (file.verdict == "unparsable") {
    fuzz::require(file.hosts.empty() && file.helpers.empty() && !file.store &&
                      file.other_keys.empty(),
                  "nothing is told of what does not parse");
  }
  if (!is_marked(input)) {
    check_no_value_is_told(input);
  }
  return 0;
}
