#include "cli/hits.hpp"

#include "cli/masking.hpp"
#include "core/json/json.hpp"
#include "redact/pipeline.hpp"

using namespace sourceos;
using namespace sourceos::cli;

namespace {

const std::string k_token = std::string("gh") + "p_" + "abcdefghijklmnopqrstuvwxyz0123456789";

json::Value rows_of(std::string_view text) {
  redact::PipelineOptions options;
  options.run_id = std::string(32, '0');
  options.personal_data = false;
  options.scalar = true;
  auto pipeline = redact::Pipeline::create(std::move(options));
  REQUIRE_MESSAGE(pipeline.has_value(), pipeline.error().message);
  (*pipeline)->freeze();
  redact::DocumentOptions document;
  document.hits = true;
  const auto masked = mask_whole(**pipeline, document, text, [](std::string_view) { return Status(); });
  REQUIRE(masked.has_value());
  json::Value rows = json::Value::array();
  append_rows(rows, *masked, "a.log", **pipeline);
  return rows;
}

}  // namespace

TEST_CASE("rows tell where and why and nothing of the secret, in every form") {
  const json::Value rows = rows_of("a\nb " + k_token + "\n");
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["line"] == 2);
  CHECK(rows[0]["column"] == 3);
  CHECK(rows[0]["severity"] == "high");
  const std::string all = rows.dump() + rows_as_csv(rows) + rows_as_sarif(rows).dump();
  CHECK(all.find(k_token.substr(8, 10)) == std::string::npos);
  CHECK(count_by_severity(rows)["high"] == 1);
  CHECK(rows_as_csv(rows).starts_with("path,line,column,severity,kind,rule,class,tag,excerpt\r\na.log,2,3,high,secret,"));
}

TEST_CASE("severities have an order, and none is above all") {
  CHECK(severity_rank("low") < severity_rank("medium"));
  CHECK(severity_rank("medium") < severity_rank("high"));
  CHECK(severity_rank("high") < severity_rank("none"));
}
