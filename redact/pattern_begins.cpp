#include "redact/pattern_begins.hpp"

#include "redact/pattern_tree.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <iterator>
#include <utility>

namespace sourceos::redact {

namespace {

constexpr std::size_t k_texts_max = 2000;  // more are told as they are
constexpr std::size_t k_choices_max = 6;   // more at one place are not told
constexpr std::uint64_t k_fold = 0x2020202020202020U;

using Texts = std::set<std::string>;

class Reader {
 public:
  Texts begins;
  bool fails = false;

  // What may stand in front of a match's rest behind the row, when `texts` may before it.
  Texts behind(const PieceRow& row, Texts texts) {
    for (const Piece& piece : row) {
      texts = behind(piece, texts);
    }
    return texts;
  }

  // The match ends here, or goes on in a way that is not told.
  void end(const Texts& texts) {
    for (const std::string& text : texts) {
      fails = fails || text.size() < k_begin_bytes_min;
      begins.insert(text);
    }
    fails = fails || begins.size() > 2 * k_texts_max;
  }

 private:
  Texts behind(const Piece& piece, const Texts& texts) {
    Texts out;
    Texts now = texts;
    // A piece that takes a byte is through after eight times; what takes none changes nothing.
    for (unsigned times = 0; times <= k_begin_bytes_max + piece.min; ++times) {
      if (times >= piece.min) {
        out.insert(now.begin(), now.end());
      }
      if (times == piece.max || now.empty()) {
        break;
      }
      now = once(piece, now);
    }
    std::erase_if(out, [this](const std::string& text) { return begins.contains(text); });  // told already
    if (out.size() > k_texts_max) {
      end(out);
      return {};
    }
    return out;
  }

  Texts once(const Piece& piece, const Texts& texts) {
    Texts out;
    if (piece.is_group()) {
      Texts open = texts;
      for (const PieceRow& row : piece.alternatives) {
        out.merge(behind(row, open));
        std::erase_if(open, [this](const std::string& text) { return begins.contains(text); });
      }
      return out;
    }
    if (piece.is_assertion) {
      return texts;
    }
    Texts choices;
    const ByteSet bytes = bytes_of(piece.atom);
    for (unsigned c = 0; c < 256; ++c) {
      if (bytes[c]) {
        choices.insert(std::string(1, static_cast<char>(c | 0x20U)));
      }
    }
    if (choices.size() > k_choices_max || texts.size() * choices.size() > k_texts_max) {
      end(texts);
      return {};
    }
    for (const std::string& text : texts) {
      for (const std::string& choice : choices) {
        if (text.size() + 1 == k_begin_bytes_max) {
          end({text + choice});
        } else {
          out.insert(text + choice);
        }
      }
    }
    return out;
  }
};

bool is_word(unsigned c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Whether the first byte that the row takes is sure to be one of a word.
bool begins_in_word(const PieceRow& row) {
  const auto first = std::ranges::find(row, false, &Piece::is_assertion);
  if (first == row.end() || first->min == 0) {
    return false;
  }
  if (first->is_group()) {
    return std::ranges::all_of(first->alternatives, begins_in_word);
  }
  const ByteSet bytes = bytes_of(first->atom);
  for (unsigned c = 0; c < 256; ++c) {
    if (bytes[c] && !is_word(c)) {
      return false;
    }
  }
  return true;
}

// `\b` before anything is taken.
bool begins_at_boundary(const PieceRow& row) {
  for (const Piece& piece : row) {
    if (!piece.is_assertion) {
      return false;
    }
    if (piece.atom == "\\b" && piece.min > 0) {
      return true;
    }
  }
  return false;
}

// Those that begin with another add nothing.
void keep_shortest(Texts& texts) {
  for (auto text = texts.begin(); text != texts.end();) {
    const auto next = std::next(text);
    if (next == texts.end() || !next->starts_with(*text)) {
      text = next;
    } else {
      texts.erase(next);
    }
  }
}

std::size_t hash_of(std::uint64_t bytes) { return static_cast<std::uint32_t>(bytes & 0xFFFFFFU) * 2654435761U >> 20; }

std::uint64_t load(std::string_view text) {
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < std::min(text.size(), sizeof bytes); ++i) {
    bytes |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
  }
  return bytes;
}

}  // namespace

std::optional<std::set<std::string>> word_begins_of(std::string_view pattern) {
  const std::vector<PieceRow> rows = read_pieces(pattern);
  Reader reader;
  for (const PieceRow& row : rows) {
    if (!begins_at_boundary(row) || !begins_in_word(row)) {
      return std::nullopt;
    }
    reader.end(reader.behind(row, {""}));
  }
  if (reader.fails) {
    return std::nullopt;
  }
  keep_shortest(reader.begins);
  return std::move(reader.begins);
}

WordBegins::WordBegins(const std::set<std::string>& begins) {
  for (const std::string& begin : begins) {
    begins_.push_back({load(begin) | (k_fold & ~std::uint64_t{0} >> (64 - 8 * begin.size())),
                       ~std::uint64_t{0} >> (64 - 8 * begin.size())});
  }
  std::ranges::sort(begins_, {}, [](const Begin& begin) { return hash_of(begin.bytes); });
  for (const Begin& begin : begins_) {
    ++first_[hash_of(begin.bytes) + 1];
  }
  for (std::size_t hash = 0; hash < k_hashes; ++hash) {
    first_[hash + 1] = static_cast<std::uint16_t>(first_[hash + 1] + first_[hash]);
  }
}

bool WordBegins::has(std::string_view text) const {
  std::uint64_t bytes = 0;
  if (text.size() >= sizeof bytes && std::endian::native == std::endian::little) {
    std::memcpy(&bytes, text.data(), sizeof bytes);
  } else {
    bytes = load(text);
  }
  bytes |= k_fold;
  const std::size_t hash = hash_of(bytes);
  for (std::size_t i = first_[hash]; i < first_[hash + 1]; ++i) {
    if ((bytes & begins_[i].mask) == begins_[i].bytes) {
      return true;
    }
  }
  return false;
}

}  // namespace sourceos::redact
