// What podman, launchctl, git and the kernel print, whatever they print: read to its end, and what
// is found stands in the text.
#include <string>

#include "host/tools/git.hpp"
#include "host/tools/launchd.hpp"
#include "host/tools/mount_table.hpp"
#include "host/tools/podman.hpp"
#include "tests/fuzz/property.hpp"

using namespace sourceos;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  const auto stands_there = [&](const std::string& part) {
    fuzz::require(text.find(part) != std::string_view::npos, "what is found stands in the text");
  };
  const host::LaunchdService service = host::parse_launchd_print(text);
  for (const auto* part : {&service.path, &service.program, &service.state, &service.last_exit}) {
    stands_there(part->value_or(""));
  }
  for (const host::LaunchdOverride& entry : host::parse_launchd_disabled(text)) {
    stands_there(entry.label);
  }
  for (const host::MountTableRow& row : host::parse_mount_table(text)) {
    stands_there(row.device);
    fuzz::require(!row.point.empty(), "a mount has a place");
  }
  if (const auto status = host::parse_git_status(text)) {
    fuzz::require(status->changes.size() <= status->change_count + status->untracked_count,
                  "no change is listed that is not counted");
    for (const host::GitChange& change : status->changes) {
      stands_there(change.path);
    }
  }
  if (const auto changes = host::parse_name_status(text)) {
    for (const host::GitChange& change : *changes) {
      stands_there(change.path);
    }
  }
  static_cast<void>(host::parse_podman_machines(text));
  static_cast<void>(host::parse_podman_image(text));
  return 0;
}
