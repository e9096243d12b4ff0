// A property list that is read is a tree within the limits, and one in binary form can be shown as
// XML or is refused as a whole.

#include <vector>

#include "host/tools/plist.hpp"
#include "tests/fuzz/property.hpp"

using namespace sourceos;

namespace {

struct Pending {
  const host::PlistValue* value;
  int depth;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::as_text(data, size);
  const auto plist = host::parse_plist(bytes);
  if (!plist) {
    fuzz::require(!host::plist_as_xml(bytes), "what cannot be read cannot be shown");
    return 0;
  }
  std::vector<Pending> pending = {{&*plist, 1}};
  std::size_t count = 0;
  while (!pending.empty()) {
    const Pending next = pending.back();
    pending.pop_back();
    fuzz::require(next.depth <= 66 && ++count <= 400'000, "a tree stays within the limits");
    for (const host::PlistValue& item : next.value->items) {
      pending.push_back({&item, next.depth + 1});
    }
    for (const auto& [name, value] : next.value->members) {
      pending.push_back({&value, next.depth + 1});
    }
  }
  (void)host::plist_as_xml(bytes);
  return 0;
}
