#include "bundle/view.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "bundle/frame.hpp"
#include "bundle/layout.hpp"
#include "bundle/record.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"

namespace sourceos::bundle {

struct View::State {
  const Layout* layout = nullptr;
  Digest id;
  std::uint64_t manifest_size = 0;
  Manifest manifest;
  json::Value record;
};

namespace {

// A blob whose bytes are what its descriptor says.
Result<std::string> read_described(const Layout& layout, const Descriptor& descriptor,
                                   std::uint64_t bytes_max) {
  SOURCEOS_TRY_ASSIGN(std::string bytes, layout.read(descriptor.digest, bytes_max));
  if (bytes.size() != descriptor.size || sha256(bytes) != descriptor.digest) {
    return fail(ErrorKind::malformed, "digest-mismatch",
                fmt::format("blob {} is not what its descriptor says", descriptor.digest.text()));
  }
  return bytes;
}

// Lines of a stream that arrives in parts.
class LineReader {
 public:
  explicit LineReader(FrameCursor cursor) : cursor_(std::move(cursor)) {}

  // The next line without its LF; nullopt at the end. Good until the next call.
  Result<std::optional<std::string_view>> next() {
    rest_.erase(0, used_);
    used_ = 0;
    std::size_t searched = 0;
    for (;;) {
      if (const std::size_t end = rest_.find('\n', searched); end != std::string::npos) {
        used_ = end + 1;
        return std::optional(std::string_view(rest_).substr(0, end));
      }
      if (rest_.size() > limits::k_index_line_bytes_max) {
        return fail(ErrorKind::limit, "limit", "an index line is longer than 64 KiB");
      }
      searched = rest_.size();
      SOURCEOS_TRY_ASSIGN(const std::string_view more, cursor_.next(limits::k_index_line_bytes_max));
      if (more.empty()) {
        if (!rest_.empty()) {
          return fail(ErrorKind::malformed, "malformed", "the index ends inside a line");
        }
        return std::optional<std::string_view>();
      }
      rest_ += more;
    }
  }

 private:
  FrameCursor cursor_;
  std::string rest_;
  std::size_t used_ = 0;
};

}  // namespace

View::View(std::unique_ptr<State> state) : state_(std::move(state)) {}
View::View(View&&) noexcept = default;
View& View::operator=(View&&) noexcept = default;
View::~View() = default;

Result<View> View::open(const Layout& layout) {
  SOURCEOS_TRY_ASSIGN(const std::string top,
                      layout.read_file("index.json", limits::k_json_bytes_max));
  SOURCEOS_TRY_ASSIGN(const Descriptor list, parse_layout_index(top));
  SOURCEOS_TRY_ASSIGN(const std::string list_bytes,
                      read_described(layout, list, limits::k_json_bytes_max));
  SOURCEOS_TRY_ASSIGN(const BundleIndex index, parse_bundle_index(list_bytes));
  SOURCEOS_TRY_ASSIGN(const std::string manifest_bytes,
                      read_described(layout, index.manifest, limits::k_json_bytes_max));
  auto state = std::make_unique<State>();
  state->layout = &layout;
  state->id = index.manifest.digest;
  state->manifest_size = index.manifest.size;
  SOURCEOS_TRY_ASSIGN(state->manifest, parse_manifest(manifest_bytes));
  SOURCEOS_TRY_ASSIGN(const std::string record_bytes,
                      read_described(layout, state->manifest.config, limits::k_record_bytes_max));
  SOURCEOS_TRY_ASSIGN(state->record, parse_record(record_bytes));
  return View(std::move(state));
}

const Digest& View::id() const { return state_->id; }
const Manifest& View::manifest() const { return state_->manifest; }
const json::Value& View::record() const { return state_->record; }

std::uint64_t View::stored_bytes() const {
  std::uint64_t sum = state_->manifest_size + state_->manifest.config.size;
  for (const Descriptor& layer : state_->manifest.layers) {
    sum += layer.size;
  }
  return sum;
}

Status View::for_each_entry(const std::function<bool(const IndexLine&)>& each) const {
  SOURCEOS_TRY_ASSIGN(BlobReader blob, state_->layout->open(state_->manifest.layers.front().digest));
  SOURCEOS_TRY_ASSIGN(FrameCursor cursor, FrameCursor::open(std::move(blob), 0, 0));
  LineReader lines(std::move(cursor));
  IndexLine line;
  for (std::uint64_t count = 0;; ++count) {
    SOURCEOS_TRY_ASSIGN(const std::optional<std::string_view> text, lines.next());
    if (!text || is_disclosable_line(*text)) {
      return {};
    }
    if (count == limits::k_index_lines_max) {
      return fail(ErrorKind::limit, "limit", "the index has more than 1,000,000 lines");
    }
    SOURCEOS_TRY(parse_index_line(*text, line));
    if (!each(line)) {
      return {};
    }
  }
}

Result<IndexLine> View::find(std::string_view path) const {
  std::optional<IndexLine> found;
  SOURCEOS_TRY(for_each_entry([&](const IndexLine& line) {
    if (line.path == path) {
      found = line;
    }
    return line.path < path;
  }));
  if (!found) {
    return fail(ErrorKind::not_found, "entry-missing",
                fmt::format("the bundle has no entry '{}'", path));
  }
  return std::move(*found);
}

Status View::read(const IndexLine& line, std::uint64_t bytes_max,
                  const std::function<Status(std::string_view)>& each) const {
  std::uint64_t left = std::min(bytes_max, line.size);
  Sha256 digest;
  for (const Where& where : line.where) {
    if (left == 0) {
      break;
    }
    if (where.layer == 0 || where.layer >= state_->manifest.layers.size()) {
      return fail(ErrorKind::malformed, "descriptor", fmt::format("'{}' lies in no layer", line.path));
    }
    SOURCEOS_TRY_ASSIGN(BlobReader blob,
                        state_->layout->open(state_->manifest.layers[where.layer].digest));
    SOURCEOS_TRY_ASSIGN(FrameCursor cursor,
                        FrameCursor::open(std::move(blob), where.frame, where.offset));
    for (std::uint64_t in_part = std::min(left, where.size); in_part > 0;) {
      SOURCEOS_TRY_ASSIGN(const std::string_view bytes, cursor.next(in_part));
      if (bytes.empty()) {
        return fail(ErrorKind::malformed, "malformed",
                    fmt::format("'{}' ends before its size", line.path));
      }
      digest.update(bytes);
      SOURCEOS_TRY(each(bytes));
      in_part -= bytes.size();
      left -= bytes.size();
    }
  }
  if (bytes_max >= line.size && digest.finish() != line.sha256) {
    return fail(ErrorKind::malformed, "digest-mismatch",
                fmt::format("'{}' is not what the index says", line.path));
  }
  return {};
}

Result<std::string> View::read_start(const IndexLine& line, std::uint64_t bytes_max) const {
  std::string out;
  SOURCEOS_TRY(read(line, bytes_max, [&out](std::string_view bytes) -> Status {
    out += bytes;
    return {};
  }));
  return out;
}

}  // namespace sourceos::bundle
