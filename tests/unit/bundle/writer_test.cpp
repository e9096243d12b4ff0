#include "bundle/writer.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include <doctest/doctest.h>

#include "bundle/frame.hpp"
#include "bundle/pack_check.hpp"
#include "core/limits.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/bundle/make_redacted.hpp"

using namespace sourceos;
using namespace sourceos::bundle;
using limits::k_mib;
using tests::operator""_r;

namespace {

namespace fs = std::filesystem;

EntryHeader header(const std::string& path) {
  return {path, "file"_r, "text/plain"_r, "files"_r, UtcTime::from_seconds(1'700'000'000)};
}

// A writer in a directory of its own.
struct Fixture {
  explicit Fixture(unsigned jobs = 2)
      : writer(BundleWriter::create({directory.path(), 1, jobs}).value()) {}

  void add(const std::string& path, std::string content, RedactionRecord record = {}) {
    record.bytes_scanned = content.size();
    const Status added =
        writer.add(header(path), std::nullopt,
                   redact::Pipeline::content(std::move(content), std::move(record)));
    REQUIRE(added.has_value());
  }
  std::string content(const Descriptor& layer) const {
    return read_layer(BlobReader::open(directory / layer.digest.hex()).value(),
                      {1'000'000'000, false})
        .value();
  }
  std::vector<IndexLine> lines(const Draft& draft) const {
    std::vector<IndexLine> out;
    std::string text = content(draft.layers[0]);
    CHECK(sha256(text) == draft.index_digest);
    for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
      REQUIRE(parse_index_line(std::string_view(text).substr(0, end), out.emplace_back()));
      text.erase(0, end + 1);
    }
    CHECK(text.empty());
    return out;
  }

  tests::TemporaryDirectory directory;
  BundleWriter writer;
};

// What the index says, found again in the layers.
void check_against_layers(const Fixture& fixture, const Draft& draft) {
  FramePool pool(2);
  std::vector<std::vector<PackMember>> packs(draft.layers.size());
  const std::vector<IndexLine> lines = fixture.lines(draft);
  CHECK(lines.size() == draft.entry_count);
  CHECK(std::is_sorted(lines.begin(), lines.end(),
                       [](const IndexLine& a, const IndexLine& b) { return a.path < b.path; }));
  std::uint64_t named = 0;
  for (const IndexLine& line : lines) {
    Sha256 running;
    std::uint64_t size = 0;
    for (const Where& where : line.where) {
      REQUIRE(where.layer < draft.layers.size());
      CHECK(where.layer <= named + 1);
      named = std::max(named, where.layer);
      size += where.size;
      if (draft.layers[where.layer].media_type == k_pack_media_type) {
        packs[where.layer].push_back(
            {line.path, line.sha256, line.size, where.frame, where.offset});
        continue;
      }
      CHECK(where.frame == 0);
      CHECK(where.offset == 0);
      const fs::path path = fixture.directory / draft.layers[where.layer].digest.hex();
      const auto segment = check_segment(pool, BlobReader::open(path).value(), where.size, running);
      REQUIRE(segment.has_value());
      CHECK(segment->digest == draft.layers[where.layer].digest);
    }
    CHECK(size == line.size);
    if (draft.layers[line.where[0].layer].media_type == k_segment_media_type) {
      CHECK(running.finish() == line.sha256);
    }
  }
  CHECK(named + 1 == draft.layers.size());
  for (std::size_t i = 1; i < packs.size(); ++i) {
    if (draft.layers[i].media_type == k_pack_media_type) {
      const fs::path path = fixture.directory / draft.layers[i].digest.hex();
      const auto pack = check_pack(pool, BlobReader::open(path).value(), packs[i]);
      if (!pack) {
        FAIL(pack.error().read_out());
      }
      CHECK(pack->digest == draft.layers[i].digest);
      CHECK(pack->stored == draft.layers[i].size);
    }
  }
  const auto files = std::distance(fs::directory_iterator(fixture.directory.path()), {});
  CHECK(static_cast<std::size_t>(files) == draft.layers.size());
}

// Paths of every length about the splits of ustar, sizes about blocks, records and frames.
std::vector<std::pair<std::string, std::size_t>> tar_samples() {
  std::vector<std::pair<std::string, std::size_t>> samples;
  const std::size_t sizes[] = {0, 1, 511, 512, 513, 1'024, 10'240, 100'000, 3 * k_mib, 4 * k_mib};
  std::size_t next = 0;
  for (const std::size_t length : std::initializer_list<std::size_t>{
           1, 50, 80, 99, 100, 101, 120, 154, 155, 156, 157, 170, 176}) {
    std::string path;
    while (path.size() + 81 < length) {
      path += std::string(80, static_cast<char>('a' + path.size() / 81)) + "/";
    }
    path += std::string(length - path.size(), 'z');
    if (path.ends_with("/" + std::string(81, 'z'))) {
      continue;
    }
    samples.emplace_back(path, sizes[next++ % std::size(sizes)]);
  }
  for (const std::size_t size : sizes) {
    samples.emplace_back("facts/size-" + std::to_string(size) + ".txt", size);
  }
  samples.emplace_back("facts/%2Ehidden~2", 5);
  std::sort(samples.begin(), samples.end());
  return samples;
}

}  // namespace

TEST_CASE("a pack is byte for byte the tar that GNU tar makes of its members") {
  Fixture fixture;
  const tests::TemporaryDirectory tree;
  std::string list;
  for (const auto& [path, size] : tar_samples()) {
    std::string content(size, '\0');
    for (std::size_t i = 0; i < size; ++i) {
      content[i] = static_cast<char>('a' + i % 23);
    }
    tree.write("in/" + path, content);
    list += path + "\n";
    fixture.add(path, std::move(content));
  }
  tree.write("list", list);
  const Draft draft = fixture.writer.finish().value();
  const std::string command =
      "cd '" + (tree / "in").string() +
      "' && LC_ALL=C sort -u ../list | tar --no-recursion --verbatim-files-from -T - "
      "--hard-dereference --mode=0644 --mtime=@0 --owner=0 --group=0 --numeric-owner "
      "--format=ustar -b 20 -cf ../out.tar";
  REQUIRE(std::system(command.c_str()) == 0);
  REQUIRE(draft.layers.size() == 2);
  const std::string ours = fixture.content(draft.layers[1]);
  CHECK(ours.size() % 10'240 == 0);
  CHECK((ours == tests::read_file(tree / "out.tar")));
  check_against_layers(fixture, draft);
}

TEST_CASE("an empty bundle has an empty index and nothing else") {
  Fixture fixture;
  const Draft draft = fixture.writer.finish().value();
  CHECK(draft.layers.size() == 1);
  CHECK(draft.layers[0].media_type == k_index_media_type);
  CHECK(draft.index_digest == sha256(""));
  CHECK(draft.entry_count == 0);
  CHECK(fixture.lines(draft).empty());
}

TEST_CASE("counts, bytes and hits are summed") {
  Fixture fixture;
  RedactionRecord first;
  first.rules = {{"aws", 1}, {"jwt", 2}};
  first.classes = {{"cloud", 3}};
  first.known = 2;
  RedactionRecord second;
  second.rules = {{"jwt", 5}};
  second.classes = {{"token", 5}};
  second.foreign = 7;
  second.complete = false;
  second.limits = {"cut"};
  fixture.add("a", "12345", first);
  fixture.add("b", "123", second);
  const Draft draft = fixture.writer.finish().value();
  CHECK(draft.entry_count == 2);
  CHECK(draft.entry_bytes == 8);
  CHECK(draft.by_rule == std::vector<NamedCount>{{"aws", 1}, {"jwt", 7}});
  CHECK(draft.by_class == std::vector<NamedCount>{{"cloud", 3}, {"token", 5}});
  CHECK(draft.known == 2);
  CHECK(draft.foreign == 7);
  CHECK_FALSE(draft.complete);
  check_against_layers(fixture, draft);
}

TEST_CASE("an entry of 8 MiB is packed, a larger one is a segment") {
  Fixture fixture;
  fixture.add("a", std::string(8 * k_mib, 'x'));
  fixture.add("b", std::string(8 * k_mib + 1, 'x'));
  fixture.add("c", "small");
  const Draft draft = fixture.writer.finish().value();
  REQUIRE(draft.layers.size() == 3);
  CHECK(draft.layers[1].media_type == k_pack_media_type);
  CHECK(draft.layers[2].media_type == k_segment_media_type);
  CHECK(fixture.lines(draft)[2].where[0].layer == 1);
  check_against_layers(fixture, draft);
}

TEST_CASE("equal segments are one layer") {
  Fixture fixture;
  fixture.add("a", std::string(70 * k_mib, 'x'));
  fixture.add("b", std::string(70 * k_mib, 'x'));
  const Draft draft = fixture.writer.finish().value();
  CHECK(draft.layers.size() == 3);
  CHECK(fixture.lines(draft)[1].where[1].layer == 2);
  check_against_layers(fixture, draft);
}

TEST_CASE("a stream gives the same bundle as a whole entry") {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1000}, std::size_t{8 * k_mib},
                                 std::size_t{8 * k_mib + 1}, std::size_t{66 * k_mib}}) {
    CAPTURE(size);
    std::string content(size, '\0');
    for (std::size_t i = 0; i < size; i += 7) {
      content[i] = static_cast<char>(i >> 3);
    }
    Fixture streamed(1);
    EntryStream stream = streamed.writer.open(header("a")).value();
    for (std::size_t at = 0; at < size; at += 100'000) {
      const std::string_view part = std::string_view(content).substr(at, 100'000);
      REQUIRE(stream.append(redact::StreamRedactor::block(part)).has_value());
    }
    CHECK(stream.bytes() == size);
    RedactionRecord record;
    record.bytes_scanned = size;
    REQUIRE(stream.finish(std::nullopt, record).has_value());
    streamed.add("b", "next");
    Fixture whole(3);
    whole.add("a", std::move(content));
    whole.add("b", "next");
    const Draft one = streamed.writer.finish().value();
    const Draft two = whole.writer.finish().value();
    CHECK(one.layers == two.layers);
    check_against_layers(streamed, one);
  }
}

TEST_CASE("a stream that is dropped leaves nothing in the bundle") {
  Fixture fixture;
  {
    EntryStream stream = fixture.writer.open(header("a")).value();
    const std::string content(9 * k_mib, 'x');
    REQUIRE(stream.append(redact::StreamRedactor::block(content)).has_value());
    CHECK_FALSE(fixture.writer.open(header("b")).has_value());
  }
  fixture.add("a", "again");
  const Draft draft = fixture.writer.finish().value();
  CHECK(draft.entry_count == 1);
  check_against_layers(fixture, draft);
}

TEST_CASE("entries out of order and unsafe paths are refused") {
  Fixture fixture;
  fixture.add("b", "");
  for (const char* path : {"a", "b", "B~", "../x", ""}) {
    CHECK_FALSE(fixture.writer.add(header(path), std::nullopt, redact::Pipeline::content("")));
  }
  fixture.add("c", "");
  CHECK(fixture.writer.finish().value().entry_count == 2);
}

TEST_CASE("a compression level outside zstd's is refused") {
  const tests::TemporaryDirectory directory;
  CHECK(BundleWriter::create({directory.path(), 0, 1}).error().kind == ErrorKind::usage);
  CHECK(BundleWriter::create({directory.path(), 20, 1}).error().kind == ErrorKind::usage);
}

// 70 entries above 8 MiB would be 71 layers; they are packed with larger bounds.
TEST_CASE("more than 64 layers are laid out anew") {
  Fixture fixture;
  for (int i = 10; i < 80; ++i) {
    std::string content(8 * k_mib + 1, static_cast<char>(i));
    fixture.add("e" + std::to_string(i), std::move(content));
    fixture.add("e" + std::to_string(i) + "-small", std::to_string(i));
  }
  const Draft draft = fixture.writer.finish().value();
  CHECK(draft.layers.size() == 3);  // packs of up to 512 MiB
  check_against_layers(fixture, draft);
}
