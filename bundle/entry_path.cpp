// path    = segment *( "/" segment )                    at most 176 bytes
// segment = ( alnum | pct ) *( alnum | "." | "_" | "@" | "+" | "-" | pct )
//           [ "~" ( 8 lower-case hex | 2..999999 ) ]    at most 80 bytes
// pct     = "%" and two upper-case hex digits
//
// A name has one encoding. Every byte stands for itself but these, which are written as pct: all
// others; a first byte that is not alnum; a last "."; and the first letter where the part before
// the first "." is a name that Windows gives to a device. So `..`, control characters, NFC twins
// and `NUL.txt` cannot be written at all.
//
// "~" never comes from a name. "~<8 hex>" ends a segment that was cut (SHA-256 of the name),
// "~<n>" one whose plain form another name has already.
#include "bundle/entry_path.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "bundle/digest.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace sourceos::bundle {

namespace {

constexpr std::string_view k_upper_hex = "0123456789ABCDEF";

bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_plain(char c) {
  return is_alnum(c) || c == '.' || c == '_' || c == '@' || c == '+' || c == '-';
}

bool is_device_name(std::string_view name) {
  const std::string stem = text::ascii_lower(name.substr(0, name.find('.')));
  if (stem.size() == 4 && (stem.starts_with("com") || stem.starts_with("lpt"))) {
    return stem[3] >= '0' && stem[3] <= '9';
  }
  return stem == "con" || stem == "prn" || stem == "aux" || stem == "nul";
}

// The encoding without any suffix, of whatever length.
std::string encode_name(std::string_view name) {
  std::string out;
  out.reserve(name.size());
  const bool is_device = is_device_name(name);
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool is_first_bad = i == 0 && (is_device || !is_alnum(c));
    const bool is_last_dot = i + 1 == name.size() && c == '.';
    if (is_plain(c) && !is_first_bad && !is_last_dot) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += k_upper_hex[byte >> 4];
    out += k_upper_hex[byte & 15];
  }
  return out;
}

std::optional<std::string> decode_name(std::string_view encoded) {
  std::string out;
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    if (encoded[i] != '%') {
      out += encoded[i];
      continue;
    }
    const std::size_t high = i + 2 < encoded.size() ? k_upper_hex.find(encoded[i + 1]) : 16;
    const std::size_t low = i + 2 < encoded.size() ? k_upper_hex.find(encoded[i + 2]) : 16;
    if (high > 15 || low > 15) {
      return std::nullopt;
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

// At most `bytes_max` of an encoded name: no half pct, no "." at the end.
std::string_view cut(std::string_view encoded, std::size_t bytes_max) {
  if (encoded.size() <= bytes_max) {
    return encoded;
  }
  std::string_view kept = encoded.substr(0, bytes_max);
  const std::size_t percent = kept.rfind('%');
  if (percent != std::string_view::npos && percent + 3 > kept.size()) {
    kept = kept.substr(0, percent);
  }
  return kept.substr(0, kept.find_last_not_of('.') + 1);
}

std::string hash_of(std::string_view name, std::size_t digits) {
  return sha256(name).hex().substr(0, digits);
}

bool is_counter(std::string_view text) {
  if (text.empty() || text.size() > 6 || text[0] == '0' || text == "1") {
    return false;
  }
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_suffix(std::string_view text) {
  const bool is_hash = text.size() == 8 && std::all_of(text.begin(), text.end(), [](char c) {
                         return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                       });
  return is_hash || is_counter(text);
}

// Most segments are plain names: no pct, no suffix, and too long to be a device.
bool is_plain_segment(std::string_view segment) {
  constexpr std::size_t k_device_bytes_max = 4;
  return segment.find('.') > k_device_bytes_max && segment.size() > k_device_bytes_max &&
         is_alnum(segment.front()) && segment.back() != '.' &&
         std::all_of(segment.begin(), segment.end(), is_plain);
}

bool is_segment(std::string_view segment) {
  if (segment.empty() || segment.size() > limits::k_path_segment_bytes_max) {
    return false;
  }
  if (is_plain_segment(segment)) {
    return true;
  }
  const std::size_t tilde = segment.find('~');
  if (tilde != std::string_view::npos && !is_suffix(segment.substr(tilde + 1))) {
    return false;
  }
  const std::string_view part = segment.substr(0, tilde);
  const std::optional<std::string> name = decode_name(part);
  return name && !name->empty() && encode_name(*name) == part;
}

// The plain form with "~n", cut where the two would be too long together.
std::string with_counter(std::string_view segment, std::size_t n) {
  const std::string suffix = fmt::format("~{}", n);
  const std::string_view plain = segment.substr(0, segment.find('~'));
  return std::string(cut(plain, limits::k_path_segment_bytes_max - suffix.size())) + suffix;
}

// A folder of the true names: its children become unique among themselves, without case, in the
// byte order of their true names. An entry and a folder are two children though they share a
// name, so neither can be the other's folder.
struct Node {
  std::string segment;
  std::map<std::string, Node> folders;
  std::map<std::string, std::vector<std::size_t>> entries;  // true name: wishes
  std::map<std::string, std::string> entry_segments;
};

class PathAssigner {
 public:
  explicit PathAssigner(const std::vector<PathWish>& wishes) : wishes_(wishes) {
    paths_.resize(wishes.size());
    for (std::size_t i = 0; i < wishes.size(); ++i) {
      insert(i);
    }
  }

  std::vector<std::string> run() {
    name_children(root_, "", {"long"});  // our own folder, see fit()
    return std::move(paths_);
  }

 private:
  // A wish whose two forms differ in length falls back to its redacted names.
  std::string true_name(const PathWish& wish, std::size_t at) const {
    return wish.true_segments.size() == wish.segments.size() ? wish.true_segments[at]
                                                             : wish.segments[at].str();
  }

  void insert(std::size_t index) {
    const PathWish& wish = wishes_[index];
    Node* node = &root_;
    for (std::size_t i = 0; i + 1 < wish.segments.size(); ++i) {
      Node& child = node->folders[true_name(wish, i)];
      child.segment = encode_segment(wish.segments[i]);
      node = &child;
    }
    const std::size_t last = wish.segments.size() - 1;
    const std::string name = wish.segments.empty() ? "" : true_name(wish, last);
    node->entries[name].push_back(index);
    node->entry_segments[name] =
        wish.segments.empty() ? "unnamed" : encode_segment(wish.segments[last]);
  }

  static std::string unique_segment(const std::string& segment,
                                    std::unordered_set<std::string>& taken) {
    std::string candidate = segment;
    for (std::size_t n = 2; !taken.insert(text::ascii_lower(candidate)).second; ++n) {
      candidate = with_counter(segment, n);
    }
    return candidate;
  }

  void name_children(Node& node, const std::string& prefix,
                     std::unordered_set<std::string> taken = {}) {
    auto folder = node.folders.begin();
    auto entry = node.entries.begin();
    while (folder != node.folders.end() || entry != node.entries.end()) {
      const bool is_folder = entry == node.entries.end() ||
                             (folder != node.folders.end() && folder->first < entry->first);
      if (is_folder) {
        folder->second.segment = unique_segment(folder->second.segment, taken);
        name_children(folder->second, prefix + folder->second.segment + "/");
        ++folder;
        continue;
      }
      for (const std::size_t index : entry->second) {
        const std::string segment = unique_segment(node.entry_segments[entry->first], taken);
        paths_[index] = fit(prefix + segment, wishes_[index]);
      }
      ++entry;
    }
  }

  // A path over 176 bytes keeps its last segment under long/<hash of the whole>/.
  std::string fit(std::string path, const PathWish& wish) {
    if (path.size() > limits::k_path_bytes_max) {
      std::string whole;
      for (const RedactedText& segment : wish.segments) {
        whole += (whole.empty() ? "" : "/") + segment.str();
      }
      const std::string_view last = std::string_view(path).substr(path.rfind('/') + 1);
      path = fmt::format("long/{}/{}", hash_of(whole, 16), last);
      path = unique_long(std::move(path));
    }
    return path;
  }

  std::string unique_long(std::string path) {
    const std::size_t name_at = path.rfind('/') + 1;
    std::string candidate = path;
    for (std::size_t n = 2; !long_paths_.insert(text::ascii_lower(candidate)).second; ++n) {
      candidate = path.substr(0, name_at) + with_counter(path.substr(name_at), n);
    }
    return candidate;
  }

  const std::vector<PathWish>& wishes_;
  std::vector<std::string> paths_;
  Node root_;
  std::unordered_set<std::string> long_paths_;
};

std::unexpected<Error> unsafe(std::string why) {
  return fail(ErrorKind::malformed, "path-unsafe", std::move(why));
}
std::unexpected<Error> duplicate(std::string why) {
  return fail(ErrorKind::malformed, "duplicate-member", std::move(why));
}

bool has_upper_case(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

// Doubles among sorted paths. Most paths have no capitals: they are found in the sorted list
// itself, and only the others need a set.
class UniquePaths {
 public:
  explicit UniquePaths(const std::vector<std::string_view>& sorted) : sorted_(sorted) {}

  Status check() {
    const auto twice = std::adjacent_find(sorted_.begin(), sorted_.end());
    if (twice != sorted_.end()) {
      return two_entries(*twice);
    }
    std::string_view folder;
    for (const std::string_view path : sorted_) {
      SOURCEOS_TRY(take_entry(path));
      const std::string_view next_folder = path.substr(0, path.rfind('/') + 1);
      if (next_folder != folder) {
        SOURCEOS_TRY(take_folders(next_folder));
        folder = next_folder;
      }
    }
    for (const auto& [lower, spelled] : folders_) {
      if (is_small_entry(lower) || capitals_.contains(lower)) {
        return duplicate(
            fmt::format("'{}' is an entry and a folder", text::for_display_line(spelled)));
      }
    }
    return {};
  }

 private:
  static std::unexpected<Error> two_entries(std::string_view path) {
    return duplicate(
        fmt::format("two entries are named '{}' (without case)", text::for_display_line(path)));
  }

  [[nodiscard]] bool is_small_entry(std::string_view lower) const {
    return std::binary_search(sorted_.begin(), sorted_.end(), lower);
  }

  Status take_entry(std::string_view path) {
    if (!has_upper_case(path)) {
      return {};
    }
    std::string lower = text::ascii_lower(path);
    if (is_small_entry(lower) || !capitals_.insert(std::move(lower)).second) {
      return two_entries(path);
    }
    return {};
  }

  // Each folder on the way, which may be spelled in one way only.
  Status take_folders(std::string_view folder) {
    for (std::size_t at = folder.find('/'); at != std::string_view::npos;
         at = folder.find('/', at + 1)) {
      const std::string_view spelled = folder.substr(0, at);
      const auto [known, is_new] = folders_.try_emplace(text::ascii_lower(spelled), spelled);
      if (!is_new && known->second != spelled) {
        return duplicate(fmt::format("folders '{}' and '{}' differ in case only",
                                     text::for_display_line(known->second),
                                     text::for_display_line(spelled)));
      }
    }
    return {};
  }

  const std::vector<std::string_view>& sorted_;
  std::unordered_map<std::string, std::string> folders_;  // without case: as it was spelled
  std::unordered_set<std::string> capitals_;              // entries that have some, without case
};

}  // namespace

std::string encode_segment(const RedactedText& name) {
  std::string encoded = encode_name(name.str());
  if (encoded.empty()) {
    return "unnamed";
  }
  if (encoded.size() <= limits::k_path_segment_bytes_max) {
    return encoded;
  }
  return fmt::format("{}~{}", cut(encoded, limits::k_path_segment_cut_bytes),
                     hash_of(name.str(), 8));
}

std::vector<std::string> assign_paths(const std::vector<PathWish>& wishes) {
  return PathAssigner(wishes).run();
}

Status check_entry_path(std::string_view path) {
  if (path.size() > limits::k_path_bytes_max) {
    return unsafe(fmt::format("an entry path of {} bytes, at most {} are allowed", path.size(),
                              limits::k_path_bytes_max));
  }
  for (const std::string_view segment : text::split(path, '/')) {
    if (!is_segment(segment)) {
      return unsafe(
          fmt::format("an entry path outside the grammar: '{}'", text::for_display_line(path)));
    }
  }
  return {};
}

Status check_unique_paths(const std::vector<std::string_view>& paths) {
  if (std::is_sorted(paths.begin(), paths.end())) {
    return UniquePaths(paths).check();
  }
  std::vector<std::string_view> sorted = paths;
  std::sort(sorted.begin(), sorted.end());
  return UniquePaths(sorted).check();
}

}  // namespace sourceos::bundle
