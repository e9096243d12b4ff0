// expat tells where a tag begins and how long it is; attributes are found in the tag's own bytes.
// A property list is fed to the judge as the tree that it is. Documents with entities of their own
// are left to the text engine: places in expanded text are no places in the document.
#include "redact/structured/xml_spans.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include <expat.h>

#include "core/text.hpp"
#include "redact/confirm.hpp"
#include "redact/structured/tree_judge.hpp"

namespace sourceos::redact {

namespace {

struct Attribute {
  std::string_view name;
  std::size_t from, to;  // of the value
};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view class_or_secret(std::string_view name) {
  const std::string_view klass = class_of_name(name);
  return klass.empty() ? "secret" : klass;
}

// The tag was parsed already: names, signs and quotes are where they must be.
std::vector<Attribute> attributes_of(std::string_view document, std::size_t from, std::size_t to) {
  const std::string_view text = document.substr(0, to);  // no look at what follows, for each tag
  std::vector<Attribute> out;
  std::size_t at = std::min(text.find_first_of(" \t\r\n", from), to);
  while (at < to) {
    while (at < to && is_space(text[at])) {
      ++at;
    }
    const std::size_t sign = text.find('=', at);
    const std::size_t quote = text.find_first_of("\"'", at);
    if (sign >= to || quote >= to || quote < sign) {
      break;
    }
    const std::size_t end = text.find(text[quote], quote + 1);
    if (end >= to) {
      break;
    }
    out.push_back({text::trim(text.substr(at, sign - at)), quote + 1, end});
    at = end + 1;
  }
  return out;
}

class XmlReader {
 public:
  explicit XmlReader(std::string_view text) : text_(text), parser_(XML_ParserCreate(nullptr)) {}

  std::optional<SecretValues> read() {
    if (parser_ == nullptr) {
      return std::nullopt;
    }
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), on_start, on_end);
    XML_SetCharacterDataHandler(parser_.get(), on_text);
    XML_SetStartDoctypeDeclHandler(parser_.get(), on_doctype);
    const auto status = XML_Parse(parser_.get(), text_.data(), static_cast<int>(text_.size()), XML_TRUE);
    if (status != XML_STATUS_OK || broken_) {
      return std::nullopt;
    }
    SecretValues all = judge_.take();
    std::ranges::move(out_, std::back_inserter(all));
    std::ranges::stable_sort(all, {}, &SecretValue::from);
    return all;
  }

 private:
  struct Element {
    std::string name = {};
    std::string value_name = {};  // what its text is called: by an attribute `name` or `key`
    std::size_t from = 0;    // its text begins
    bool has_children = false;
    std::string text = {};
  };
  struct Free {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
  };

  static void on_start(void* self, const char* name, const char**) { static_cast<XmlReader*>(self)->start(name); }
  static void on_end(void* self, const char*) { static_cast<XmlReader*>(self)->end(); }
  static void on_text(void* self, const char* text, int size) {
    auto& reader = *static_cast<XmlReader*>(self);
    if (!reader.elements_.empty()) {
      reader.elements_.back().text.append(text, static_cast<std::size_t>(size));
    }
  }
  static void on_doctype(void* self, const char*, const char*, const char*, int has_internal) {
    if (has_internal != 0) {
      static_cast<XmlReader*>(self)->stop();
    }
  }

  void stop() {
    broken_ = true;
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  void start(std::string_view name) {
    const auto from = static_cast<std::size_t>(XML_GetCurrentByteIndex(parser_.get()));
    const auto size = static_cast<std::size_t>(XML_GetCurrentByteCount(parser_.get()));
    if (elements_.size() >= k_tree_depth_max) {
      stop();
      return;
    }
    if (!elements_.empty()) {
      elements_.back().has_children = true;
    }
    Element element{.name = std::string(name), .from = from + size};
    read_attributes(element, from, from + size);
    is_plist_ = is_plist_ || name == "plist";
    if (is_plist_ && (name == "dict" || name == "array") && !judge_.open(name == "array")) {
      stop();
      return;
    }
    elements_.push_back(std::move(element));
  }

  // `<password enc="x">`, `<add key="Password" value="x"/>`, `<user password="x"/>`.
  void read_attributes(Element& element, std::size_t from, std::size_t to) {
    const std::vector<Attribute> attributes = attributes_of(text_, from, to);
    const auto value_of = [this](const Attribute& a) { return text_.substr(a.from, a.to - a.from); };
    for (const Attribute& attribute : attributes) {
      const std::string name = text::ascii_lower(attribute.name.substr(attribute.name.rfind(':') + 1));
      if (name == "name" || name == "key" || name == "id" || name == "property") {
        element.value_name = value_of(attribute);
      }
    }
    for (const Attribute& attribute : attributes) {
      const std::string name = text::ascii_lower(attribute.name.substr(attribute.name.rfind(':') + 1));
      const bool is_value = name == "value" || name == "content" || name == "default";
      const std::string_view called = is_value ? std::string_view(element.value_name) : attribute.name;
      mask(called, value_of(attribute), attribute.from, attribute.to);
    }
  }

  void end() {
    Element element = std::move(elements_.back());
    elements_.pop_back();
    const auto to = static_cast<std::size_t>(XML_GetCurrentByteIndex(parser_.get()));
    if (is_plist_) {
      end_in_plist(element, to);
    } else if (!element.has_children && to > element.from) {
      mask(element.name, element.text, element.from, to);
      mask(element.value_name, element.text, element.from, to);
    }
  }

  void end_in_plist(Element& element, std::size_t to) {
    if (element.name == "dict" || element.name == "array") {
      judge_.close();
    } else if (element.name == "key") {
      judge_.key(std::move(element.text));
    } else if (element.name == "string") {
      const bool raw = to >= element.from && text_.substr(element.from, to - element.from) == element.text;
      judge_.scalar({.from = element.from, .to = to, .value = std::move(element.text), .raw = raw});
    }
  }

  void mask(std::string_view name, std::string_view value, std::size_t from, std::size_t to) {
    const std::size_t first = text_.find_first_not_of(" \t\r\n", from);
    if (name.empty() || first >= to || !is_secret_value(name, text::trim(value))) {
      return;
    }
    const std::size_t last = text_.find_last_not_of(" \t\r\n", to - 1) + 1;
    out_.push_back({.from = first, .to = last, .klass = class_or_secret(name), .value = std::string(text::trim(value))});
  }

  std::string_view text_;
  std::unique_ptr<XML_ParserStruct, Free> parser_;
  TreeJudge judge_;
  SecretValues out_;
  std::vector<Element> elements_;
  bool is_plist_ = false;
  bool broken_ = false;
};

}  // namespace

std::optional<SecretValues> xml_secrets(std::string_view bytes) {
  // Wide text has other places than the parser's.
  const bool wide = bytes.substr(0, 200).find('\0') != std::string_view::npos;
  return wide ? std::nullopt : XmlReader(bytes).read();
}

}  // namespace sourceos::redact
