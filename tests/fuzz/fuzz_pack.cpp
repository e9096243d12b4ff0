// A pack passes exactly when its content is the tar of its members. The input tells the members
// (lines: a path, a space, content) and, in its first two bytes, a change to the stream.

#include <vector>

#include "bundle/pack_check.hpp"
#include "bundle/tar_header.hpp"
#include "core/text.hpp"
#include "tests/fuzz/property.hpp"
#include "tests/unit/bundle/hand_made_frame.hpp"

using namespace sourceos;

namespace {

// One frame that stores the bytes as they are.
std::string stored_frame(std::string_view content) {
  constexpr std::size_t k_block_max = 128 * 1024;
  std::string out = "\x28\xB5\x2F\xFD\xA0";
  tests::append_little_endian(out, content.size(), 4);
  do {
    const std::string_view part = content.substr(0, k_block_max);
    content.remove_prefix(part.size());
    tests::append_little_endian(out, (content.empty() ? 1U : 0U) | part.size() << 3, 3);
    out += part;
  } while (!content.empty());
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > 100'000) {
    return 0;
  }
  std::string stream;
  std::vector<bundle::PackMember> members;
  for (const std::string_view line : text::split(fuzz::as_text(data + 2, size - 2), '\n')) {
    const std::string_view path = line.substr(0, line.find(' '));
    const std::string_view content = line.substr(std::min(line.size(), path.size() + 1));
    const auto header = bundle::make_tar_header(path, content.size());
    if (!header) {
      return 0;
    }
    stream.append(header->data(), header->size());
    members.push_back({path, bundle::sha256(content), content.size(), 0, stream.size()});
    stream += content;
    stream.append(bundle::tar_padding(content.size()), '\0');
  }
  stream.resize(bundle::tar_stream_bytes(stream.size()), '\0');

  static bundle::FramePool pool(1);
  const auto passes = [&](std::string_view bytes) {
    return bundle::check_pack(pool, bundle::BlobReader(stored_frame(bytes)), members).has_value();
  };
  fuzz::require(passes(stream), "the tar of the members passes");
  const std::size_t at = (std::size_t{data[0]} << 8 | data[1]) * 7 % stream.size();
  std::string changed = stream;
  changed[at] = static_cast<char>(changed[at] ^ 1);
  fuzz::require(!passes(changed), "a changed byte is found");
  fuzz::require(!passes(stream + '\0'), "a byte more is found");
  fuzz::require(!passes(std::string_view(stream).substr(1)), "a byte less is found");
  return 0;
}
