// A plan that is read, from TOML or JSON, has one canonical form and names each collector once.
#include "collect/plan.hpp"

#include "tests/fuzz/property.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

using namespace sourceos;

namespace {

// One file for all inputs of this process; removed when it ends.
class PlanFile {
 public:
  PlanFile()
      : path_(std::filesystem::temp_directory_path() / ("fuzz_plan." + std::to_string(getpid()))) {}
  ~PlanFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  PlanFile(const PlanFile&) = delete;
  PlanFile& operator=(const PlanFile&) = delete;

  [[nodiscard]] const std::filesystem::path& holding(std::string_view text) const {
    std::ofstream(path_, std::ios::binary) << text;
    return path_;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const PlanFile file;
  const auto plan =
      collect::read_plan(file.holding(fuzz::as_text(data, size)), {.exec = true, .paths = true});
  if (!plan) {
    fuzz::require(!plan.error().message.empty(), "a refusal says why");
    return 0;
  }
  std::set<std::string> names;
  for (const collect::PlannedCollector& collector : plan->collectors) {
    fuzz::require(names.insert(collector.name).second, "each collector is planned once");
  }
  const auto canonical = collect::canonical_plan(*plan);
  const auto again = collect::canonical_plan(*plan);
  fuzz::require(canonical && again && *canonical == *again, "a plan has one form");
  return 0;
}
