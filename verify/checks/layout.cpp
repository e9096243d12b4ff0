// What lies in the directory or tar: the two files at the top, blobs named by their digests, and
// nothing else. Links, special files and foreign tars were refused when the layout was opened.
#include "core/limits.hpp"
#include "core/text.hpp"
#include "verify/checks/checks.hpp"

#include <fmt/format.h>

namespace sourceos::verify::checks {
namespace {

constexpr std::string_view k_oci_layout = "oci-layout";
constexpr std::string_view k_index_json = "index.json";
constexpr std::string_view k_not_as_exported = "expected the bytes that an export writes, there are others";
constexpr std::string_view k_blob_prefix = "blobs/sha256/";

// The digest that a file in blobs/ is named by.
Result<bundle::Digest> digest_of(std::string_view name) {
  if (!name.starts_with(k_blob_prefix)) {
    return fail(ErrorKind::malformed, "unlisted-member", "a file outside of blobs/sha256");
  }
  return bundle::Digest::parse_hex(name.substr(k_blob_prefix.size()));
}

}  // namespace

CheckResult layout(Run& run) {
  const auto text = run.layout.read_file(k_oci_layout, limits::k_json_bytes_max);
  if (!text) {
    return failed(text.error(), std::string(k_oci_layout));
  }
  if (const auto status = bundle::check_oci_layout(*text); !status) {
    return failed(status.error(), std::string(k_oci_layout));
  }
  if (run.layout.is_archive() && *text != bundle::write_oci_layout()) {
    return failed("malformed", std::string(k_oci_layout), std::string(k_not_as_exported));
  }
  return pass();
}

CheckResult index_json(Run& run) {
  const auto text = run.layout.read_file(k_index_json, limits::k_json_bytes_max);
  if (!text) {
    return failed(text.error(), std::string(k_index_json));
  }
  const auto descriptor = bundle::parse_layout_index(*text);
  if (!descriptor) {
    return failed(descriptor.error(), std::string(k_index_json));
  }
  if (descriptor->media_type != bundle::k_image_index_media_type) {
    return failed("malformed", std::string(k_index_json),
                  "expected it to point at an OCI index, there is another type");
  }
  if (run.layout.is_archive() && *text != bundle::write_layout_index(*descriptor)) {
    return failed("malformed", std::string(k_index_json), std::string(k_not_as_exported));
  }
  run.bundle_index = *descriptor;
  return pass();
}

CheckResult unlisted(Run& run) {
  if (run.options.where == Where::own_store || !run.layout.is_closed()) {
    return skipped(k_skipped_in_store);
  }
  if (!run.attached || !run.manifest) {
    return skipped("needs descriptors");
  }
  for (const bundle::LayoutFile& file : run.layout.files()) {
    if (file.name == k_oci_layout || file.name == k_index_json) {
      continue;
    }
    const auto digest = digest_of(file.name);
    if (!digest || !run.reached.contains(*digest)) {
      return failed("unlisted-member", file.name, "neither M nor I reaches it");
    }
  }
  return pass();
}

CheckResult special_files(Run& run) {
  // A layout with one could not have been opened (verify_path says so then).
  return pass(fmt::format("{} regular files", run.layout.files().size()));
}

}  // namespace sourceos::verify::checks
