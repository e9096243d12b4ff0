// A run decodes to noise unless it was text: a few windows of it are decoded first, and only when
// one is readable (or the head is that of a compressed stream) the whole run is. Base64 is tried
// at all four offsets, since the run may begin with a path or a name that belongs to it not.
#include "redact/encodings.hpp"

#include "bundle/frame_foreign.hpp"
#include "core/limits.hpp"
#include "redact/inflate.hpp"

#include <algorithm>
#include <array>

namespace sourceos::redact {

namespace {

constexpr std::size_t k_window_chars = 24;
constexpr std::size_t k_head_chars = 8;  // tell a compressed stream
constexpr std::size_t k_inflate_ratio_max = 64;  // text packs ten to twenty times
constexpr std::size_t k_inflate_bytes_min = 64 * 1024;

constexpr std::string_view k_zstd_begin = "\x28\xB5\x2F\xFD";

constexpr std::uint8_t k_no_digit = 255;

constexpr std::array<std::uint8_t, 256> make_base64() {
  std::array<std::uint8_t, 256> table{};
  table.fill(k_no_digit);
  for (unsigned i = 0; i < 26; ++i) {
    table['A' + i] = static_cast<std::uint8_t>(i);
    table['a' + i] = static_cast<std::uint8_t>(26 + i);
  }
  for (unsigned i = 0; i < 10; ++i) {
    table['0' + i] = static_cast<std::uint8_t>(52 + i);
  }
  table['+'] = table['-'] = 62;
  table['/'] = table['_'] = 63;
  return table;
}
constexpr auto k_base64 = make_base64();

// Gives take() each byte: of whole groups of four, then what the rest still gives. False as soon as
// it says so.
template <class Take>
bool decode_base64_to(std::string_view text, Take take) {
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::uint8_t digit = k_base64[static_cast<unsigned char>(c)];
    if (digit == k_no_digit) {
      break;
    }
    bits = bits << 6 | digit;
    if (++count < 4) {
      continue;
    }
    for (const unsigned shift : {16U, 8U, 0U}) {
      if (!take(static_cast<std::uint8_t>(bits >> shift))) {
        return false;
      }
    }
    bits = 0;
    count = 0;
  }
  return (count < 2 || take(static_cast<std::uint8_t>(bits >> (count == 3 ? 10 : 4)))) &&
         (count < 3 || take(static_cast<std::uint8_t>(bits >> 2)));
}

std::string decode_base64(std::string_view text) {
  std::string out;
  out.reserve(text.size() / 4 * 3 + 3);
  static_cast<void>(decode_base64_to(text, [&](std::uint8_t byte) {
    out += static_cast<char>(byte);
    return true;
  }));
  return out;
}

int base32_digit(char c) {
  return c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' : c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

// RFC 4648, in capitals or in small letters throughout.
bool is_base32(std::string_view text) {
  const auto is_in = [](std::string_view letters) {
    return [letters](char c) { return (c >= letters.front() && c <= letters.back()) || (c >= '2' && c <= '7'); };
  };
  return std::ranges::all_of(text, is_in("AZ")) || std::ranges::all_of(text, is_in("az"));
}

std::string decode_base32(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    bits = bits << 5 | static_cast<std::uint32_t>(base32_digit(c));
    count += 5;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 0xFFU);
    }
  }
  return out;
}

int hex_digit(char c) {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string decode_hex(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    out += static_cast<char>(hex_digit(text[i]) * 16 + hex_digit(text[i + 1]));
  }
  return out;
}

// Whether bytes, told one by one, may be text, or UTF-16 of it.
class Readable {
 public:
  // False: they are not, whatever follows.
  bool take(std::uint8_t c) {
    if (c == 0) {
      ++zeros_[size_ % 2];
    } else if ((c >= 0x20 && c < 0x7F) || c == '\t' || c == '\n' || c == '\r') {
      ++plain_;
    } else if (c < 0x80) {
      return false;
    }
    ++size_;
    return true;
  }
  [[nodiscard]] bool holds() const {
    const bool wide = std::max(zeros_[0], zeros_[1]) * 5 >= size_ * 2 && std::min(zeros_[0], zeros_[1]) == 0;
    return wide ? plain_ * 5 >= size_ * 2 : zeros_[0] + zeros_[1] == 0 && plain_ * 4 >= size_ * 3;
  }

 private:
  std::size_t size_ = 0;
  std::size_t plain_ = 0;
  std::array<std::size_t, 2> zeros_{};
};

bool is_readable(std::string_view bytes) {
  Readable readable;
  for (const char c : bytes) {
    if (!readable.take(static_cast<std::uint8_t>(c))) {
      return false;
    }
  }
  return readable.holds();
}

// The same of what decode_base64() makes of the text; most stop at their first bytes.
bool decodes_to_readable(std::string_view text) {
  Readable readable;
  return decode_base64_to(text, [&](std::uint8_t byte) { return readable.take(byte); }) && readable.holds();
}

std::size_t inflate_bound(std::size_t size) {
  return std::min(limits::k_inflated_bytes_max,
                  std::max(k_inflate_bytes_min, size * k_inflate_ratio_max));
}

constexpr std::size_t k_skips = 4;  // characters before the first group of four
// A count for each skip, a byte each.
using Counts = std::uint32_t;
constexpr Counts k_each = 0x01010101;
constexpr Counts k_top_bits = 0x80 * k_each;
// Of the bytes that a window makes, text has fewer above 0x7F.
constexpr Counts k_high_bytes = (k_window_chars / 4 * 3) / 4 + 1;

// For which skips a digit makes a byte above 0x7F, by the two low bits of its place and by the digit.
constexpr auto make_high() {
  std::array<std::array<Counts, 256>, 4> table{};
  constexpr std::array<std::uint8_t, 4> k_top_bit = {32, 8, 2, 0};  // by its place in its group
  for (std::size_t place = 0; place < 4; ++place) {
    for (std::size_t c = 0; c < 256; ++c) {
      for (std::size_t skip = 0; skip < k_skips && k_base64[c] != k_no_digit; ++skip) {
        const bool high = (k_base64[c] & k_top_bit[(place - skip) % 4]) != 0;
        table[place][c] |= high ? Counts{1} << (8 * skip) : 0;
      }
    }
  }
  return table;
}
constexpr auto k_high = make_high();

// Where a window of a run begins for each skip: at the run's begin, in its middle, near its end.
class Windows {
 public:
  explicit Windows(std::string_view run) : run_(run), digits_(std::min(run.find('='), run.size())) {}

  // For each skip that fits, whether one of the windows reads as text.
  [[nodiscard]] std::array<bool, k_skips> readable() const {
    std::array<bool, k_skips> readable{};
    for (std::size_t part = 0; part < 3; ++part) {
      const Counts noise = noisy(part);
      for (std::size_t skip = 0; noise != k_top_bits && skip < k_skips && fits(skip); ++skip) {
        const bool is_noise = (noise >> (8 * skip) & 0x80U) != 0;
        readable[skip] = readable[skip] ||
                         (!is_noise && decodes_to_readable(run_.substr(begin(part, skip), k_window_chars)));
      }
    }
    return readable;
  }

 private:
  [[nodiscard]] bool fits(std::size_t skip) const { return run_.size() - skip >= k_window_chars - 4; }

  [[nodiscard]] std::size_t begin(std::size_t part, std::size_t skip) const {
    constexpr std::size_t k_window_groups = k_window_chars / 4;
    const std::size_t groups = (run_.size() - skip) / 4;
    const std::size_t last = groups - std::min(groups, k_window_groups);
    return skip + 4 * (part == 0 ? 0 : part == 1 ? last / 2 : last);
  }

  // The top bits of skips whose window is no text, as most are: told by the digits that all skips
  // have in theirs. The last digits may be a group that is not whole, whose low bits make no byte.
  [[nodiscard]] Counts noisy(std::size_t part) const {
    std::size_t from = 0;
    std::size_t to = digits_ - std::min<std::size_t>(digits_, 3);
    for (std::size_t skip = 0; skip < k_skips; ++skip) {
      from = std::max(from, begin(part, skip));
      to = std::min(to, begin(part, skip) + k_window_chars);
    }
    Counts noise = (0x80 - k_high_bytes) * k_each;
    for (std::size_t at = from; at < to && (noise & k_top_bits) != k_top_bits; ++at) {
      noise += k_high[at % 4][static_cast<unsigned char>(run_[at])];
    }
    return noise & k_top_bits;
  }

  std::string_view run_;
  std::size_t digits_;  // before its `=`
};

void take(std::string bytes, bool cut, std::vector<DecodedRun>& out) {
  if (!is_compressed(bytes)) {
    out.push_back({Decoded::text, std::move(bytes)});
    return;
  }
  if (cut) {
    out.push_back({Decoded::limit, {}});
    return;
  }
  for (DecodedRun& run : decompress(bytes)) {
    out.push_back(std::move(run));
  }
}

void decode_base64_run(std::string_view run, bool cut, std::vector<DecodedRun>& out) {
  std::array<bool, k_skips> readable = Windows(run).readable();
  readable[0] = readable[0] || is_compressed(decode_base64(run.substr(0, k_head_chars)));
  for (std::size_t skip = 0; skip < k_skips; ++skip) {
    if (readable[skip]) {
      take(decode_base64(run.substr(skip)), cut, out);
    }
  }
}

}  // namespace

bool is_compressed(std::string_view bytes) {
  return bytes.starts_with("\x1F\x8B\x08") || bytes.starts_with(k_zstd_begin) ||
         bytes.starts_with("\x78\x9C") || bytes.starts_with("\x78\xDA") ||
         bytes.starts_with("\x78\x01");
}

std::vector<DecodedRun> decompress(std::string_view bytes) {
  std::string out;
  const std::size_t bound = inflate_bound(bytes.size());
  bool limit = false;
  if (bytes.starts_with(k_zstd_begin)) {
    limit = bundle::decompress_foreign(bytes, bound, out) == bundle::Decompressed::limit;
  } else {
    limit = inflate(bytes, bound, out) == Inflated::limit;
  }
  std::vector<DecodedRun> runs;
  if (limit) {
    runs.push_back({Decoded::limit, {}});
  } else if (!out.empty()) {
    runs.push_back({Decoded::text, std::move(out)});
  }
  return runs;
}

std::optional<PackedRun> unpack(std::string_view bytes) {
  PackedRun run;
  const std::size_t bound = inflate_bound(bytes.size());
  bool limit = false;
  bool whole = false;
  if (bytes.starts_with(k_zstd_begin)) {
    run.size = bundle::foreign_frame_size(bytes);
    const std::string_view frame = run.size == 0 ? bytes : bytes.substr(0, run.size);
    const auto state = bundle::decompress_foreign(frame, bound, run.bytes);
    limit = state == bundle::Decompressed::limit;
    whole = run.size != 0 && state == bundle::Decompressed::whole;
    run.open = run.size == 0 && state == bundle::Decompressed::whole;
  } else if (bytes.starts_with("\x1F\x8B\x08")) {
    const Inflated state = inflate(bytes, bound, run.bytes, &run.size);
    limit = state == Inflated::limit;
    whole = state == Inflated::whole;
    run.open = !whole && run.size == bytes.size();
  }
  if (!whole && !limit && run.bytes.empty()) {
    return std::nullopt;
  }
  // A gzip stream that is too much to read to its end says not where that is.
  run.open = run.open || (limit && !bytes.starts_with(k_zstd_begin));
  if (run.open || run.size == 0) {
    run.size = bytes.size();
  }
  run.state = limit ? Decoded::limit : Decoded::text;
  return run;
}

std::vector<DecodedRun> decode_run(std::string_view run, bool cut) {
  std::vector<DecodedRun> out;
  if (run.size() < k_run_bytes_min) {
    return out;
  }
  const std::size_t prefix = run.starts_with("0x") || run.starts_with("0X") ? 2 : 0;
  if (std::ranges::all_of(run.substr(prefix), [](char c) { return hex_digit(c) >= 0; })) {
    const std::string_view digits = run.substr(prefix);
    const std::string head = decode_hex(digits.substr(0, 2 * k_window_chars));
    if (is_readable(head) || is_compressed(head)) {
      take(decode_hex(digits), cut, out);
    }
    return out;
  }
  if (const std::string_view digits = run.substr(0, run.find('=')); is_base32(digits)) {
    const std::string head = decode_base32(digits.substr(0, 2 * k_window_chars));
    if (is_readable(head) || is_compressed(head)) {
      take(decode_base32(digits), cut, out);
    }
  }
  decode_base64_run(run, cut, out);
  return out;
}

}  // namespace sourceos::redact
