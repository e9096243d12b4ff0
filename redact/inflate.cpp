// A stream is blocks: stored, with fixed codes, or with codes that it brings. A canonical Huffman
// code is told by the lengths of its words alone; decoding goes bit by bit over the counts of each
// length, which is slow and short: the inputs are single values in logs.
#include "redact/inflate.hpp"

#include <array>

namespace sourceos::redact {

namespace {

constexpr int k_bits_max = 15;
constexpr std::size_t k_literals = 286;
constexpr std::size_t k_distances = 30;

struct Code {
  std::array<std::uint16_t, k_bits_max + 1> count{};
  std::array<std::uint16_t, 288> symbol{};

  // False when the lengths describe more words than there are.
  bool make(const std::uint8_t* lengths, std::size_t size) {
    count.fill(0);
    for (std::size_t i = 0; i < size; ++i) {
      ++count[lengths[i]];
    }
    int left = 1;
    std::array<std::uint16_t, k_bits_max + 1> offset{};
    for (std::size_t bits = 1; bits <= k_bits_max; ++bits) {
      left = left * 2 - count[bits];
      if (left < 0) {
        return false;
      }
      offset[bits] = bits == 1 ? std::uint16_t{0}
                               : static_cast<std::uint16_t>(offset[bits - 1] + count[bits - 1]);
    }
    for (std::size_t i = 0; i < size; ++i) {
      if (lengths[i] != 0) {
        symbol[offset[lengths[i]]++] = static_cast<std::uint16_t>(i);
      }
    }
    count[0] = 0;
    return true;
  }
};

class Inflater {
 public:
  Inflater(std::string_view bytes, std::size_t bytes_max, std::string& out)
      : in_(bytes), bytes_max_(bytes_max), out_(&out) {}

  Inflated run() {
    while (good_) {
      const unsigned last = bits(1);
      switch (bits(2)) {
        case 0: stored(); break;
        case 1: fixed(); break;
        case 2: dynamic(); break;
        default: good_ = false;
      }
      if (limit_) {
        return Inflated::limit;
      }
      if (good_ && last == 1) {
        return Inflated::whole;
      }
    }
    return Inflated::broken;
  }

  [[nodiscard]] std::size_t taken() const { return at_; }

 private:
  unsigned bits(int need) {
    unsigned value = 0;
    for (int i = 0; i < need; ++i) {
      if (held_ == 0) {
        if (at_ == in_.size()) {
          good_ = false;
          return 0;
        }
        byte_ = static_cast<unsigned char>(in_[at_++]);
        held_ = 8;
      }
      value |= (byte_ & 1U) << i;
      byte_ >>= 1;
      --held_;
    }
    return value;
  }

  void put(char c) {
    if (out_->size() >= bytes_max_) {
      limit_ = true;
      good_ = false;
      return;
    }
    out_->push_back(c);
  }

  void stored() {
    held_ = 0;
    if (in_.size() - at_ < 4) {
      good_ = false;
      return;
    }
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(in_[at_ + i]); };
    std::size_t size = static_cast<std::size_t>(byte(0)) | static_cast<std::size_t>(byte(1)) << 8;
    at_ += 4;
    for (; size > 0 && good_; --size) {
      if (at_ == in_.size()) {
        good_ = false;
        return;
      }
      put(in_[at_++]);
    }
  }

  unsigned symbol(const Code& code) {
    int word = 0;
    int first = 0;
    int index = 0;
    for (std::size_t length = 1; length <= k_bits_max; ++length) {
      word |= static_cast<int>(bits(1));
      const int count = code.count[length];
      if (!good_) {
        return 0;
      }
      if (word - count < first) {
        return code.symbol[static_cast<std::size_t>(index + (word - first))];
      }
      index += count;
      first = (first + count) * 2;
      word *= 2;
    }
    good_ = false;
    return 0;
  }

  void codes(const Code& literals, const Code& distances) {
    constexpr std::array<std::uint16_t, 29> length_base = {
        3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
        31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
    constexpr std::array<std::uint8_t, 29> length_extra = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1,
                                                           1, 1, 2, 2, 2, 2, 3, 3, 3, 3,
                                                           4, 4, 4, 4, 5, 5, 5, 5, 0};
    constexpr std::array<std::uint16_t, 30> distance_base = {
        1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
        193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
    constexpr std::array<std::uint8_t, 30> distance_extra = {0, 0, 0,  0,  1,  1,  2,  2,  3,  3,
                                                             4, 4, 5,  5,  6,  6,  7,  7,  8,  8,
                                                             9, 9, 10, 10, 11, 11, 12, 12, 13, 13};
    while (good_) {
      const unsigned literal = symbol(literals);
      if (!good_ || literal == 256) {
        return;
      }
      if (literal < 256) {
        put(static_cast<char>(literal));
        continue;
      }
      const std::size_t length_code = literal - 257;
      if (length_code >= length_base.size()) {
        good_ = false;
        return;
      }
      std::size_t length = length_base[length_code] + bits(length_extra[length_code]);
      const std::size_t distance_code = symbol(distances);
      if (!good_ || distance_code >= distance_base.size()) {
        good_ = false;
        return;
      }
      const std::size_t distance = distance_base[distance_code] + bits(distance_extra[distance_code]);
      if (distance > out_->size()) {
        good_ = false;
        return;
      }
      for (; length > 0 && good_; --length) {
        put((*out_)[out_->size() - distance]);
      }
    }
  }

  void fixed() {
    std::array<std::uint8_t, 288> lengths{};
    for (std::size_t i = 0; i < lengths.size(); ++i) {
      lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    }
    Code literals;
    Code distances;
    std::array<std::uint8_t, k_distances> fives{};
    fives.fill(5);
    good_ = literals.make(lengths.data(), lengths.size()) &&
            distances.make(fives.data(), fives.size());
    codes(literals, distances);
  }

  void dynamic() {
    constexpr std::array<std::uint8_t, 19> order = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                    11, 4,  12, 3, 13, 2, 14, 1, 15};
    const std::size_t literal_count = bits(5) + 257;
    const std::size_t distance_count = bits(5) + 1;
    const std::size_t length_count = bits(4) + 4;
    if (!good_ || literal_count > k_literals || distance_count > k_distances) {
      good_ = false;
      return;
    }
    std::array<std::uint8_t, k_literals + k_distances> lengths{};
    for (std::size_t i = 0; i < length_count; ++i) {
      lengths[order[i]] = static_cast<std::uint8_t>(bits(3));
    }
    Code length_code;
    good_ = good_ && length_code.make(lengths.data(), order.size());
    lengths.fill(0);
    for (std::size_t at = 0; good_ && at < literal_count + distance_count;) {
      const unsigned word = symbol(length_code);
      if (word < 16) {
        lengths[at++] = static_cast<std::uint8_t>(word);
        continue;
      }
      const std::uint8_t value = word == 16 && at > 0 ? lengths[at - 1] : std::uint8_t{0};
      std::size_t times = word == 16 ? 3 + bits(2) : word == 17 ? 3 + bits(3) : 11 + bits(7);
      if (at + times > literal_count + distance_count || (word == 16 && at == 0)) {
        good_ = false;
      }
      for (; good_ && times > 0; --times) {
        lengths[at++] = value;
      }
    }
    Code literals;
    Code distances;
    good_ = good_ && literals.make(lengths.data(), literal_count) &&
            distances.make(lengths.data() + literal_count, distance_count);
    codes(literals, distances);
  }

  std::string_view in_;
  std::size_t at_ = 0;
  unsigned byte_ = 0;
  int held_ = 0;
  std::size_t bytes_max_;
  std::string* out_;
  bool good_ = true;
  bool limit_ = false;
};

// The size of the gzip or zlib header, 0 when there is none.
std::size_t header_size(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  if (bytes.size() >= 2 && (byte(0) & 15U) == 8 && byte(0) >> 4 <= 7 &&
      (byte(0) * 256U + byte(1)) % 31 == 0 && (byte(1) & 0x20U) == 0) {
    return 2;
  }
  if (bytes.size() < 10 || byte(0) != 0x1F || byte(1) != 0x8B || byte(2) != 8) {
    return 0;
  }
  const unsigned flags = byte(3);
  std::size_t at = 10;
  if ((flags & 4U) != 0 && bytes.size() >= at + 2) {
    at += 2 + byte(at) + byte(at + 1) * std::size_t{256};
  }
  for (const unsigned flag : {8U, 16U}) {  // name, comment
    if ((flags & flag) != 0) {
      const std::size_t end = bytes.find('\0', std::min(at, bytes.size()));
      at = end == std::string_view::npos ? bytes.size() : end + 1;
    }
  }
  at += (flags & 2U) != 0 ? 2 : 0;
  return at < bytes.size() ? at : 0;
}

}  // namespace

Inflated inflate(std::string_view bytes, std::size_t bytes_max, std::string& out,
                 std::size_t* taken) {
  const std::size_t header = header_size(bytes);
  if (header == 0) {
    return Inflated::broken;
  }
  Inflater inflater(bytes.substr(header), bytes_max, out);
  const Inflated state = inflater.run();
  if (taken != nullptr) {
    const std::size_t trailer = header == 2 ? 4 : 8;
    *taken = std::min(bytes.size(), header + inflater.taken() + trailer);
  }
  return state;
}

}  // namespace sourceos::redact
