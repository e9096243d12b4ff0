// JSON Schema (draft 2020-12, the part our schemas use) over valijson.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/fwd.hpp"
#include "core/json/parse.hpp"
#include "core/limits.hpp"
#include "core/result.hpp"

namespace sourceos::json {

// What does not fit: where in the document, by which keyword of the schema, in words. A rule's own
// wrapper (if, allOf) is not named, only what it found.
struct SchemaProblem {
  std::string instance_path;  // a JSON pointer: "/interfaces/0/id", empty for the document itself
  std::string keyword;        // "required", "pattern"
  std::string message;
};

// A schema that is ready to judge. Not for two threads at once.
class Schema {
 public:
  // An unusable schema is an Error of kind `internal`.
  [[nodiscard]] static Result<Schema> compile(const Value& schema);
  // One of the schemas under schemas/, which are embedded at build time, by its name:
  // "TerminalDoor". `not_found`, "schema-unknown" when there is none.
  [[nodiscard]] static Result<Schema> embedded(std::string_view name);
  Schema(Schema&&) noexcept;
  Schema& operator=(Schema&&) noexcept;
  ~Schema();

  // Empty when the document fits. The document must have been read within `k_schema_bounds`: a
  // pattern is matched by a library whose stack grows with the string.
  [[nodiscard]] Result<std::vector<SchemaProblem>> problems(const Value& document) const;

 private:
  struct State;
  explicit Schema(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// How a document is read that a schema will judge.
inline constexpr Bounds k_schema_bounds = {.bytes_max = limits::k_config_file_bytes_max,
                                           .depth_max = limits::k_contract_depth_max,
                                           .string_bytes_max = limits::k_contract_string_bytes_max};

// All of it in one call, a line each ("/entries/count: expected integer"); empty when it fits.
[[nodiscard]] Result<std::vector<std::string>> check_schema(const Value& schema,
                                                            const Value& document);

}  // namespace sourceos::json
