// A layer that is read is read the same with its exact size as bound, by several threads and by a
// cursor; one byte less as bound refuses it.

#include "bundle/frame.hpp"
#include "core/limits.hpp"
#include "tests/fuzz/property.hpp"

using namespace sourceos;

namespace {

constexpr std::uint64_t k_content_bytes_max = 8 * limits::k_mib;

struct Collector final : bundle::FrameVisitor {
  std::string bytes;
  Status consume(std::uint64_t, std::string_view part) override {
    bytes += part;
    return {};
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const bundle::BlobReader blob{std::string(fuzz::as_text(data, size))};
  const auto content = bundle::read_layer(blob, {k_content_bytes_max, false});
  if (!content) {
    return 0;
  }
  static bundle::FramePool pool(3);
  Collector collector;
  const auto summary = bundle::read_frames(pool, blob, {content->size(), true}, collector);
  fuzz::require(summary && collector.bytes == *content, "threads read the same");
  fuzz::require(
      summary->digest == bundle::sha256(fuzz::as_text(data, size)) && summary->stored == size,
      "every stored byte is accounted for");
  auto cursor = bundle::FrameCursor::open(blob, 0, 0);
  fuzz::require(cursor.has_value(), "a cursor opens");
  std::string again(content->size() + 1, '\0');
  const auto count = cursor->read(again.data(), again.size());
  fuzz::require(count && *count == content->size() && again.starts_with(*content),
                "a cursor reads the same");
  if (!content->empty()) {
    fuzz::require(!bundle::read_layer(blob, {content->size() - 1, false}).has_value(),
                  "one byte too many is refused");
  }
  return 0;
}
