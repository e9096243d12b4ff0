// Documents that are read are written again with the same bytes.

#include "bundle/manifest.hpp"
#include "tests/fuzz/property.hpp"

using namespace sourceos;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  if (const auto manifest = bundle::parse_manifest(text)) {
    fuzz::require(bundle::write_manifest(*manifest) == text, "M is written again");
  }
  if (const auto attached = bundle::parse_attached_manifest(text)) {
    fuzz::require(bundle::write_attached_manifest(*attached) == text,
                  "an attached manifest is written again");
  }
  if (const auto index = bundle::parse_bundle_index(text)) {
    std::vector<bundle::AttachedDescriptor> attached;
    for (const bundle::Descriptor& descriptor : index->attached) {
      attached.push_back({descriptor, "other"});
    }
    const bool is_sorted = bundle::check_attached_order(attached).has_value();
    fuzz::require(!is_sorted || bundle::write_bundle_index(index->manifest, attached) == text,
                  "an index in order is written again");
  }
  if (const auto descriptor = bundle::parse_layout_index(text)) {
    const std::string written = bundle::write_layout_index(*descriptor);
    const auto again = bundle::parse_layout_index(written);
    fuzz::require(again && again->digest == descriptor->digest, "index.json says the same again");
  }
  static_cast<void>(bundle::check_oci_layout(text));
  return 0;
}
