#include "core/json/schema.hpp"

#include <fmt/format.h>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "core/json/json.hpp"

namespace sourceos::json {

Result<std::vector<std::string>> check_schema(const Value& schema, const Value& document) {
  try {
    valijson::Schema compiled;
    valijson::SchemaParser parser;
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(schema), compiled);
    valijson::Validator validator;
    valijson::ValidationResults results;
    std::vector<std::string> problems;
    if (!validator.validate(compiled, valijson::adapters::NlohmannJsonAdapter(document), &results)) {
      valijson::ValidationResults::Error error;
      while (results.popError(error)) {
        std::string place;
        for (const std::string& part : error.context) {
          place += part;
        }
        problems.push_back(fmt::format("{}: {}", place, error.description));
      }
    }
    return problems;
  } catch (const std::exception& error) {
    return fail(ErrorKind::internal, "schema", fmt::format("unusable schema: {}", error.what()));
  }
}

}  // namespace sourceos::json
