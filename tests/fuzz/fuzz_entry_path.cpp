// Any name becomes a path of the grammar; any path of the grammar is plain ASCII that a ustar
// header can hold; and assigned paths are unique.

#include <algorithm>
#include <vector>

#include "bundle/entry_path.hpp"
#include "bundle/tar_header.hpp"
#include "core/text.hpp"
#include "tests/fuzz/property.hpp"
#include "tests/unit/bundle/make_redacted.hpp"

using namespace sourceos;

namespace {

void check_path(std::string_view path) {
  const bool is_plain = std::all_of(path.begin(), path.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/._@+-%~").find(c) != std::string_view::npos;
  });
  fuzz::require(is_plain, "a path is plain ASCII");
  fuzz::require(path.find("..") == std::string_view::npos || !path.starts_with("."),
                "a path does not begin with dots");
  fuzz::require(bundle::make_tar_header(path, 0).has_value(), "a path fits a ustar header");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::as_text(data, size);
  if (bundle::check_entry_path(input)) {
    check_path(input);
  }
  // Lines are wishes, slashes part their segments.
  std::vector<bundle::PathWish> wishes;
  for (const std::string_view line : text::split(input, '\n')) {
    bundle::PathWish wish;
    for (const std::string_view name : text::split(line, '/')) {
      wish.segments.push_back(redact::Pipeline::text(name));
      wish.true_segments.emplace_back(name);
    }
    wishes.push_back(std::move(wish));
  }
  const std::vector<std::string> paths = bundle::assign_paths(wishes);
  for (const std::string& path : paths) {
    fuzz::require(bundle::check_entry_path(path).has_value(), "an assigned path is in the grammar");
    check_path(path);
  }
  const std::vector<std::string_view> views(paths.begin(), paths.end());
  fuzz::require(bundle::check_unique_paths(views).has_value(), "assigned paths are unique");
  return 0;
}
