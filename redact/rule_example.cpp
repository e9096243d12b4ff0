// Templates of examples (rules.hpp tells the notation) become texts, the same for the same seed.
#include <array>
#include <charconv>

#include "redact/checksum.hpp"
#include "redact/rules.hpp"

namespace sourceos::redact {

namespace {

constexpr std::string_view k_digits = "0123456789";
constexpr std::string_view k_lower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view k_upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view k_b62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

struct Alphabet {
  std::string_view name;
  std::string_view letters;
};
constexpr std::array k_alphabets{
    Alphabet{"hex", "0123456789abcdef"},
    Alphabet{"HEX", "0123456789ABCDEF"},
    Alphabet{"b62", k_b62},
    Alphabet{"b64", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"},
    Alphabet{"b64url", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"},
    Alphabet{"b32", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"},
    Alphabet{"digits", k_digits},
    Alphabet{"lower", k_lower},
    Alphabet{"upper", k_upper},
    Alphabet{"alnum", "abcdefghijklmnopqrstuvwxyz0123456789"},
};

// SplitMix64: small, and the same everywhere.
class Source {
 public:
  explicit Source(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebULL;
    return mixed ^ (mixed >> 31U);
  }
  std::string letters(std::string_view alphabet, std::size_t count) {
    std::string out;
    while (out.size() < count) {
      out += alphabet[static_cast<std::size_t>(next() % alphabet.size())];
    }
    return out;
  }

 private:
  std::uint64_t state_;
};

// A digit in it where the alphabet has some, so that rules that ask for both find both.
std::string mixed_letters(Source& source, std::string_view alphabet, std::size_t count) {
  constexpr std::size_t k_digit_at = 2;
  std::string out = source.letters(alphabet, count);
  if (count > k_digit_at && alphabet.find_first_of(k_digits) != std::string_view::npos) {
    out[k_digit_at] = '2' + static_cast<char>(source.next() % 6);  // in base 32 too
  }
  return out;
}

std::size_t count_of(std::string_view text) {
  std::size_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

std::string make_uuid(Source& source) {
  constexpr std::string_view k_hex = "0123456789abcdef";
  return source.letters(k_hex, 8) + "-" + source.letters(k_hex, 4) + "-4" + source.letters(k_hex, 3) + "-a" +
         source.letters(k_hex, 3) + "-" + source.letters(k_hex, 12);
}

std::string make_jwt(Source& source) {
  const std::string payload = R"({"sub":")" + source.letters(k_b62, 8) + R"(","iat":17)" +
                              source.letters(k_digits, 8) + "}";
  return base64url(R"({"alg":"HS256","typ":"JWT"})") + "." + base64url(payload) + "." +
         source.letters(k_b62, 43);
}

// What people choose: words, names and a number, or what a generator made. `kind`: "" (letters, digits
// and the marks that need no quotes), "marks" (others too), "weak".
std::string make_password(Source& source, std::string_view kind) {
  static constexpr auto k_words = std::to_array<std::string_view>(
      {"blue", "moose", "lantern", "copper", "river", "falcon", "tiger", "maple", "orbit", "velvet", "cactus", "pepper",
       "dragon", "winter", "summer", "rocket", "amber", "granite", "harbor", "pixel", "walnut", "zephyr"});
  const auto word = [&] { return std::string(k_words[static_cast<std::size_t>(source.next() % k_words.size())]); };
  const auto capital = [&] {
    std::string out = word();
    out.front() = static_cast<char>(out.front() - 'a' + 'A');
    return out;
  };
  if (kind == "weak") {
    return source.next() % 2 == 0 ? word() + source.letters(k_digits, 2) : capital() + source.letters(k_digits, 3);
  }
  if (kind == "marks") {
    switch (source.next() % 4) {
      case 0: return capital() + source.letters(k_digits, 4) + "!";
      case 1: return word() + "@" + source.letters(k_b62, 6);
      case 2: return source.letters(k_b62, 6) + "#" + source.letters(k_b62, 4);
      default: return source.letters(k_b62, 4) + "^" + source.letters(k_b62, 3) + "*" + source.letters(k_b62, 4);
    }
  }
  switch (source.next() % 6) {
    case 0: return word() + "." + source.letters(k_b62, 6) + "7";
    case 1: return capital() + capital() + source.letters(k_digits, 2);
    case 2: return capital() + source.letters(k_digits, 4) + "_" + source.letters(k_b62, 3);
    case 3: return source.letters(k_b62, 5) + "-" + source.letters(k_b62, 5) + "-" + source.letters(k_digits, 4);
    case 4: return word() + "-" + word() + "-" + source.letters(k_digits, 2);
    default: return mixed_letters(source, k_b62, 14);
  }
}

// `inside` is what stands between the braces.
std::string expand_one(std::string_view inside, Source& source) {
  const std::size_t colon = inside.find(':');
  const std::string_view name = inside.substr(0, colon);
  const std::string_view rest = colon == std::string_view::npos ? "" : inside.substr(colon + 1);
  if (name == "uuid") {
    return make_uuid(source);
  }
  if (name == "jwt") {
    return make_jwt(source);
  }
  if (name == "password") {
    return make_password(source, rest);
  }
  if (name == "word") {
    std::string out(rest);
    std::erase(out, '|');
    return out;
  }
  if (name == "base64") {
    std::string text(rest);
    std::erase(text, '|');
    return base64_text(text);
  }
  if (name == "crc") {
    const std::size_t second = rest.find(':');
    const std::string body = source.letters(k_b62, count_of(rest.substr(second + 1)));
    return std::string(rest.substr(0, second)) + body + crc32_base62(body);
  }
  for (const Alphabet& alphabet : k_alphabets) {
    if (alphabet.name == name) {
      return mixed_letters(source, alphabet.letters, count_of(rest));
    }
  }
  return "{{" + std::string(inside) + "}}";  // braces of the example's own
}

}  // namespace

Example expand_example(std::string_view text, std::uint64_t seed) {
  Source source(seed);
  Example out;
  std::size_t secret_from = std::string::npos;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    std::size_t close = rest.starts_with("{{") ? rest.find("}}") : std::string_view::npos;
    if (close != std::string_view::npos) {
      while (rest.substr(close + 2).starts_with("}") && rest.substr(0, close).contains("base64:")) {
        ++close;  // the text to encode ends with a brace
      }
      out.text += expand_one(rest.substr(2, close - 2), source);
      at += close + 2;
    } else if (rest.starts_with("<<")) {
      secret_from = out.text.size();
      at += 2;
    } else if (rest.starts_with(">>") && secret_from != std::string::npos && out.secret.empty()) {
      out.secret = out.text.substr(secret_from);
      at += 2;
    } else {
      out.text += text[at++];
    }
  }
  return out;
}

}  // namespace sourceos::redact
