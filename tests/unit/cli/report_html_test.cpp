#include "cli/report_html.hpp"

#include "bundle/digest.hpp"
#include "cli/report/assets.hpp"
#include "core/bytes.hpp"
#include "core/json/json.hpp"

using namespace sourceos;
using namespace sourceos::cli;

TEST_CASE("no markup can begin in the data block") {
  const json::Value data = {{"text", "</script><!--<script>&amp;\xE2\x80\xA8"}};
  const std::string text = json_for_html(data);
  CHECK(text.find_first_of("<>&") == std::string::npos);
  CHECK(text.find("\xE2\x80\xA8") == std::string::npos);
  CHECK(json::Value::parse(text) == data);
}

TEST_CASE("the page's policy comes first and allows its own style and script by hash, nothing else") {
  const std::string page = write_page({{"text", "x"}});
  const auto hash_of = [](std::string_view text) {
    return "'sha256-" + base64_encode(bundle::sha256(text).bytes()) + "'";
  };
  const std::string policy =
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src " +
      hash_of(k_page_css) + "; script-src " + hash_of(k_page_js) +
      "; img-src data:; base-uri 'none'; form-action 'none'\">";
  const std::size_t at = page.find(policy);
  REQUIRE(at != std::string::npos);
  CHECK(page.substr(0, at).ends_with("<head>\n"));
  CHECK(page.find("<style>" + std::string(k_page_css) + "</style>") != std::string::npos);
  CHECK(page.find("<script>" + std::string(k_page_js) + "</script>") != std::string::npos);
}

TEST_CASE("the page asks for nothing from outside and its script makes no markup from text") {
  const std::string page = write_page({{"text", "x"}});
  for (const char* word : {"http://", "https://", " src=", "@import", "url("}) {
    CAPTURE(word);
    // The name space of SVG is a name, never fetched.
    std::string rest = page;
    for (std::size_t at = rest.find("http://www.w3.org/2000/svg"); at != std::string::npos;
         at = rest.find("http://www.w3.org/2000/svg")) {
      rest.erase(at, 26);
    }
    CHECK(rest.find(word) == std::string::npos);
  }
  for (const char* word : {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("}) {
    CHECK(k_page_js.find(word) == std::string_view::npos);
  }
}
