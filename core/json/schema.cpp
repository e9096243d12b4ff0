// valijson judges; its words are turned into keyword and place here, since it names neither as a
// JSON Schema user knows them. Two of its habits are worked around:
// * `format` reads any value as a string and throws for an object: it is asked for strings only.
// * a name that `propertyNames` refuses leaves no word: the document itself is named then.
#include "core/json/schema.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>
// Without this the library ends the process where it should throw.
#define VALIJSON_USE_EXCEPTIONS 1
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "core/json/json.hpp"
#include "core/json/schema_table.hpp"

namespace sourceos::json {

namespace {

using Adapter = valijson::adapters::NlohmannJsonAdapter;

struct Wording {
  std::string_view part;     // what valijson's description contains
  std::string_view keyword;  // empty: a wrapper around what was already said
};
constexpr std::array k_wordings = {
    Wording{"'type' constraint", "type"},
    Wording{"'const' constraint", "const"},
    Wording{"any enum values", "enum"},
    Wording{"Missing required property", "required"},
    Wording{"'additionalProperties' constraints", "additionalProperties"},
    Wording{"'pattern' constraint", "pattern"},
    Wording{"valid date-time", "format"},
    Wording{"'not' constraint", "not"},
    Wording{"'contains' constraint", "contains"},
    Wording{"uniqueness constraint", "uniqueItems"},
    Wording{"anyOf constraint", "anyOf"},
    Wording{"oneOf constraint", "oneOf"},
    Wording{"exactly one child schema", "oneOf"},
    Wording{"less than or equal to", "maximum"},
    Wording{"greater than or equal to", "minimum"},
    Wording{"if-then-else constraints", ""},
    Wording{"child schema #", ""},
    Wording{"Failed to validate item #", ""},
    Wording{"schema associated with property name", ""},
    Wording{"additional properties schema", ""},
};

std::string_view keyword_of(std::string_view words) {
  for (const Wording& wording : k_wordings) {
    if (words.find(wording.part) != std::string_view::npos) {
      return wording.keyword;
    }
  }
  const bool is_upper = words.find("no more than") != std::string_view::npos;
  if (words.find("characters") != std::string_view::npos) {
    return is_upper ? "maxLength" : "minLength";
  }
  return is_upper ? "maxItems" : "minItems";
}

// valijson's steps are "<root>", "[name]", "[0]".
std::string pointer_of(const std::vector<std::string>& steps) {
  std::string pointer;
  for (const std::string& step : steps) {
    if (step.size() < 2 || step.front() != '[') {
      continue;
    }
    pointer += '/';
    for (const char c : std::string_view(step).substr(1, step.size() - 2)) {
      pointer += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    }
  }
  return pointer;
}

std::string in_our_words(std::string words) {
  if (!words.empty() && words.back() == '.') {
    words.pop_back();
  }
  if (!words.empty()) {
    words.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(words.front())));
  }
  return words;
}

// The schema as valijson takes it: `format` only where there is a string.
Value prepared(const Value& schema) {
  if (schema.is_array()) {
    Value items = Value::array();
    for (const Value& item : schema) {
      items.push_back(prepared(item));
    }
    return items;
  }
  if (!schema.is_object()) {
    return schema;
  }
  Value out = Value::object();
  for (const auto& [name, member] : schema.items()) {
    out[name] = name == "const" || name == "enum" ? member : prepared(member);
  }
  if (const auto format = out.find("format"); format != out.end() && format->is_string()) {
    Value rule = {{"if", {{"type", "string"}}}, {"then", {{"format", *format}}}};
    out.erase(format);
    out["allOf"].push_back(std::move(rule));
  }
  return out;
}

std::string_view embedded_text(std::string_view name) {
  for (const EmbeddedSchema& each : embedded_schemas()) {
    if (each.name == name) {
      return each.text;
    }
  }
  return {};
}

// "https://schemas.srcos.ai/v2/<name>.json" is the embedded one; nothing else is fetched.
const Value* fetch(const std::string& address) {
  constexpr std::string_view k_base = "https://schemas.srcos.ai/v2/";
  if (!address.starts_with(k_base) || !address.ends_with(".json")) {
    return nullptr;
  }
  const std::string name = address.substr(k_base.size(), address.size() - k_base.size() - 5);
  const auto schema = parse(embedded_text(name), {.depth_max = limits::k_contract_depth_max});
  return schema ? new Value(prepared(*schema)) : nullptr;
}

}  // namespace

struct Schema::State {
  valijson::Schema compiled;
  mutable valijson::Validator validator;
};

Schema::Schema(std::unique_ptr<State> state) : state_(std::move(state)) {}
Schema::Schema(Schema&&) noexcept = default;
Schema& Schema::operator=(Schema&&) noexcept = default;
Schema::~Schema() = default;

Result<Schema> Schema::compile(const Value& schema) {
  try {
    auto state = std::make_unique<State>();
    const Value ready = prepared(schema);
    valijson::SchemaParser parser;
    parser.populateSchema<Adapter>(Adapter(ready), state->compiled, fetch,
                                   [](const Value* fetched) { delete fetched; });
    return Schema(std::move(state));
  } catch (const std::exception& error) {
    return fail(ErrorKind::internal, "schema", fmt::format("unusable schema: {}", error.what()));
  }
}

Result<Schema> Schema::embedded(std::string_view name) {
  const std::string_view text = embedded_text(name);
  if (text.empty()) {
    return fail(ErrorKind::not_found, "schema-unknown", fmt::format("no schema named '{}'", name));
  }
  SOURCEOS_TRY_ASSIGN(const Value schema,
                      parse(text, {.depth_max = limits::k_contract_depth_max}));
  return compile(schema);
}

Result<std::vector<SchemaProblem>> Schema::problems(const Value& document) const {
  try {
    valijson::ValidationResults results;
    std::vector<SchemaProblem> problems;
    if (state_->validator.validate(state_->compiled, Adapter(document), &results)) {
      return problems;
    }
    valijson::ValidationResults::Error error;
    while (results.popError(error)) {
      const std::string_view keyword = keyword_of(error.description);
      SchemaProblem problem{pointer_of(error.context), std::string(keyword),
                            in_our_words(error.description)};
      const bool is_known = std::any_of(problems.begin(), problems.end(), [&](const SchemaProblem& p) {
        return p.instance_path == problem.instance_path && p.keyword == problem.keyword &&
               p.message == problem.message;
      });
      if (!keyword.empty() && !is_known) {
        problems.push_back(std::move(problem));
      }
    }
    if (problems.empty()) {
      problems.push_back({"", "propertyNames", "a property has a name that is not allowed"});
    }
    return problems;
  } catch (const std::exception& error) {
    return fail(ErrorKind::internal, "schema", fmt::format("unusable schema: {}", error.what()));
  }
}

Result<std::vector<std::string>> check_schema(const Value& schema, const Value& document) {
  SOURCEOS_TRY_ASSIGN(const Schema compiled, Schema::compile(schema));
  SOURCEOS_TRY_ASSIGN(const std::vector<SchemaProblem> problems, compiled.problems(document));
  std::vector<std::string> lines;
  for (const SchemaProblem& problem : problems) {
    lines.push_back(fmt::format("{}: {}", problem.instance_path.empty() ? "/" : problem.instance_path,
                                problem.message));
  }
  return lines;
}

}  // namespace sourceos::json
