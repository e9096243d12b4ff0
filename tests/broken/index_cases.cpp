// Index lines, their paths, where they point; packs and frames.
#include "tests/broken/case_tables.hpp"

#include "bundle/tar_header.hpp"
#include "tests/unit/bundle/hand_made_frame.hpp"

#include <fmt/format.h>

namespace sourceos::tests {
namespace {

using verify::Decision;

void edit_line(Scene& scene, std::size_t line, std::string_view old, std::string_view replacement) {
  scene.bundle.lines[line] = replaced(scene.bundle.lines[line], old, replacement);
  scene.bundle.after_lines();
}
// A good bundle but for the name of its first entry.
void rename_first(Scene& scene, const std::string& path) {
  scene.bundle.members[0].first = path;
  scene.bundle.after_members();
}
void add_member(Scene& scene, const std::string& path, std::size_t at) {
  scene.bundle.members.insert(scene.bundle.members.begin() + static_cast<std::ptrdiff_t>(at),
                              {path, "x"});
  scene.bundle.after_members();
}
void set_index(Scene& scene, std::string index) {
  scene.bundle.index = std::move(index);
  scene.bundle.after_index();
}
void set_pack_blob(Scene& scene, std::string blob) {
  scene.bundle.layers[1] = std::move(blob);
  scene.bundle.after_layers();
}
void edit_pack(Scene& scene, std::size_t at, std::string_view bytes) {
  scene.bundle.pack.replace(at, bytes.size(), bytes);
  scene.bundle.after_pack();
}

std::string skippable_frame() {
  std::string frame = "\x50\x2A\x4D\x18";
  append_little_endian(frame, 6, 4);
  return frame + "hidden";
}

// The type flag of the first header, with a checksum that fits again.
void set_type_flag(Scene& scene, char flag) {
  std::string& pack = scene.bundle.pack;
  pack[156] = flag;
  pack.replace(148, 8, "        ");
  unsigned sum = 0;
  for (std::size_t i = 0; i < bundle::k_tar_block_bytes; ++i) {
    sum += static_cast<unsigned char>(pack[i]);
  }
  pack.replace(148, 8, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
  scene.bundle.after_pack();
}

void use_pax(Scene& scene) {
  std::string with_pax = tar_of({{"PaxHeader/git.json", "30 path=facts/very-long-name\n\n"}});
  with_pax.resize(1024);
  with_pax[156] = 'x';
  // As long as before: the end of the pack has room.
  scene.bundle.pack.resize(scene.bundle.pack.size() - with_pax.size());
  scene.bundle.pack = with_pax + scene.bundle.pack;
  scene.bundle.after_pack();
}

void swap_lines(Scene& scene) {
  std::swap(scene.bundle.lines[0], scene.bundle.lines[1]);
  scene.bundle.after_lines();
}

void add_unnamed_pack(Scene& scene) {
  scene.bundle.layers.push_back(compressed(tar_of({})));
  scene.bundle.after_layers();
}

}  // namespace

std::vector<BrokenCase> index_cases() {
  return {
      // lines
      {"lines-out-of-order", swap_lines, Decision::failed, "index-order", "index-order"},
      {"line-twice", [](Scene& s) { s.bundle.lines.insert(s.bundle.lines.begin(), s.bundle.lines[0]); s.bundle.after_lines(); }, Decision::failed, "index-order", "duplicate-member"},
      {"line-unknown-key", [](Scene& s) { edit_line(s, 0, "{\"at\"", "{\"aa\":1,\"at\""); }, Decision::failed, "content", "malformed"},
      {"line-missing-key", [](Scene& s) { edit_line(s, 0, "\"kind\":\"file\",", ""); }, Decision::failed, "content", "malformed"},
      {"line-white-space", [](Scene& s) { edit_line(s, 0, ",\"kind\"", ", \"kind\""); }, Decision::failed, "content", "malformed"},
      {"line-negative-number", [](Scene& s) { edit_line(s, 0, "\"frame\":0", "\"frame\":-1"); }, Decision::failed, "content", "malformed"},
      {"line-huge-number", [](Scene& s) { edit_line(s, 0, "\"frame\":0", "\"frame\":18446744073709551616"); }, Decision::failed, "content", "malformed"},
      {"line-too-long", [](Scene& s) { edit_line(s, 0, "\"kind\":\"file\"", "\"kind\":\"" + std::string(70'000, 'f') + "\""); }, Decision::failed, "content", "limit"},
      {"index-without-last-newline", [](Scene& s) { set_index(s, s.bundle.index.substr(0, s.bundle.index.size() - 1)); }, Decision::failed, "content", "malformed"},
      {"index-empty-line", [](Scene& s) { set_index(s, s.bundle.index + "\n"); }, Decision::failed, "content", "malformed"},
      // paths
      {"path-parent", [](Scene& s) { rename_first(s, "../git.json"); }, Decision::failed, "paths", "path-unsafe"},
      {"path-parent-inside", [](Scene& s) { rename_first(s, "facts/../git.json"); }, Decision::failed, "paths", "path-unsafe"},
      {"path-absolute", [](Scene& s) { rename_first(s, "/facts/git.json"); }, Decision::failed, "paths", "path-unsafe"},
      {"path-empty-segment", [](Scene& s) { rename_first(s, "facts//git.json"); }, Decision::failed, "paths", "path-unsafe"},
      {"path-device-name", [](Scene& s) { rename_first(s, "aux.json"); }, Decision::failed, "paths", "path-unsafe"},
      {"path-dot-at-end", [](Scene& s) { rename_first(s, "facts/git."); }, Decision::failed, "paths", "path-unsafe"},
      {"path-back-slash", [](Scene& s) { rename_first(s, "facts/a\\\\b.json"); }, Decision::failed, "paths", "path-unsafe"},
      {"path-not-ascii", [](Scene& s) { rename_first(s, "facts/caf\xC3\xA9"); }, Decision::failed, "paths", "path-unsafe"},
      {"path-second-encoding", [](Scene& s) { rename_first(s, "facts/%61.json"); }, Decision::failed, "paths", "path-unsafe"},
      {"path-case-twin", [](Scene& s) { add_member(s, "FACTS/git.json", 0); }, Decision::failed, "unique", "duplicate-member"},
      {"path-folder-and-entry", [](Scene& s) { add_member(s, "facts", 0); }, Decision::failed, "unique", "duplicate-member"},
      // where
      {"where-offset-wrong", [](Scene& s) { edit_line(s, 0, "\"offset\":512", "\"offset\":513"); }, Decision::failed, "content", "descriptor"},
      {"where-frame-wrong", [](Scene& s) { edit_line(s, 0, "\"frame\":0", "\"frame\":1"); }, Decision::failed, "content", "descriptor"},
      {"where-layer-is-index", [](Scene& s) { edit_line(s, 0, "\"layer\":1", "\"layer\":0"); }, Decision::failed, "content", "descriptor"},
      {"where-layer-absent", [](Scene& s) { edit_line(s, 0, "\"layer\":1", "\"layer\":9"); }, Decision::failed, "content", "descriptor"},
      {"where-sizes-do-not-add-up", [](Scene& s) { edit_line(s, 0, "\"size\":19}]", "\"size\":18}]"); }, Decision::failed, "content", "descriptor"},
      {"layer-that-no-line-names", add_unnamed_pack, Decision::failed, "members", "descriptor"},
      // packs
      {"pack-padding-not-zero", [](Scene& s) { edit_pack(s, 1000, "hidden"); }, Decision::failed, "content", "malformed"},
      {"pack-end-not-zero", [](Scene& s) { edit_pack(s, s.bundle.pack.size() - 6, "hidden"); }, Decision::failed, "content", "malformed"},
      {"pack-longer", [](Scene& s) { s.bundle.pack += std::string(10'240, '\0'); s.bundle.after_pack(); }, Decision::failed, "content", "limit"},
      {"pack-shorter", [](Scene& s) { s.bundle.pack.resize(s.bundle.pack.size() - 1024); s.bundle.after_pack(); }, Decision::failed, "content", "malformed"},
      {"pack-member-is-link", [](Scene& s) { set_type_flag(s, '2'); }, Decision::failed, "content", "malformed"},
      {"pack-member-is-hard-link", [](Scene& s) { set_type_flag(s, '1'); }, Decision::failed, "content", "malformed"},
      {"pack-member-is-device", [](Scene& s) { set_type_flag(s, '4'); }, Decision::failed, "content", "malformed"},
      {"pack-with-pax-record", use_pax, Decision::failed, "content", "malformed"},
      {"pack-member-mode", [](Scene& s) { edit_pack(s, 100, "0000755"); }, Decision::failed, "content", "malformed"},
      // frames
      {"frame-skippable", [](Scene& s) { set_pack_blob(s, s.bundle.layers[1] + skippable_frame()); }, Decision::failed, "content", "malformed"},
      {"frame-garbage-after", [](Scene& s) { set_pack_blob(s, s.bundle.layers[1] + "hidden in plain sight"); }, Decision::failed, "content", "malformed"},
      {"frame-empty-after", [](Scene& s) { set_pack_blob(s, s.bundle.layers[1] + hand_made_frame('\0', 0)); }, Decision::failed, "content", "malformed"},
      {"frame-bomb", [](Scene& s) { set_pack_blob(s, hand_made_frame('\0', 0xFFFF'FFFF)); }, Decision::failed, "content", "limit"},
      {"frame-bomb-in-index", [](Scene& s) { s.bundle.layers[0] = hand_made_frame('x', 5'000'000); s.bundle.after_layers(); }, Decision::failed, "content", "malformed"},
      {"frame-no-zstd", [](Scene& s) { set_pack_blob(s, s.bundle.pack); }, Decision::failed, "content", "malformed"},
  };
}

}  // namespace sourceos::tests
