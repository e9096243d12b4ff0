// The export of one verified bundle. The caller verifies first (`bundle-invalid`) and writes the
// files last; what stands between is pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "runtime/agentplane/source.hpp"

namespace sourceos::redact {
class Pipeline;
}

namespace sourceos::runtime {

enum class ExportTarget { agentplane, sourceos };
[[nodiscard]] std::string_view to_string(ExportTarget target);

struct ExportOptions {
  ExportTarget target = ExportTarget::agentplane;
  std::vector<std::string> kinds;  // empty: all that the bundle has the data for
  std::optional<std::string> bundle;          // name@version
  std::optional<std::string> session;         // urn:srcos:session:...
  std::optional<std::string> lane;            // staging, prod
  std::optional<std::string> backend_intent;  // qemu, microvm, lima-process, fleet
  std::optional<std::string> proposal_ref;
  std::optional<std::string> admission_ref;
  std::optional<std::string> task_id;
  bool allow_test = false;
};

struct ExportFile {
  std::string name;  // relative, "receipts/1-dispatch.json"
  std::string kind;  // "RunArtifact"
  std::string schema;
  std::string text;  // canonical JSON and a line feed
};

struct LeftOut {
  std::string kind;
  std::string reason;
};

struct Export {
  std::vector<ExportFile> files;  // the index, export-index.json, is the last
  std::vector<LeftOut> left_out;
};

// Kinds of a target as `--kind` takes them: schema names, and "bundle-binding".
[[nodiscard]] std::vector<std::string_view> export_kinds(ExportTarget target);

// `usage` for an option that has another form. `refused`, "test-seams" for a bundle of a test without
// allow_test; "raw-content" for one with sealed originals. "bundle-ref-missing", "no-mounts",
// "backend-intent-unmapped", "refs-missing", "not-supported", "no-data" when something that was asked for
// cannot be made; "export-invalid" with the places when a record breaks a rule or when
// redaction still finds something in it: nothing is exported then.
[[nodiscard]] Result<Export> make_export(const ExportSource& source, const ExportOptions& options,
                                         const redact::Pipeline& redaction);

}  // namespace sourceos::runtime
