// Takes an agent out of service and keeps what there is to know about it. Step 0 freezes and
// captures, because stopping destroys; then eleven steps in order, each recorded, none stopped by
// the failure of another; at the end nothing may be left that restarts.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/json/fwd.hpp"
#include "runtime/agent/actor.hpp"
#include "runtime/agent/podman_calls.hpp"
#include "runtime/agent/process_set.hpp"

namespace sourceos::redact {
class Pipeline;
}

namespace sourceos::runtime {

struct QuarantineStep {
  int number = 0;
  std::string action;
  std::string status = "done";  // "done", "skipped", "failed"
  std::string detail;
  std::string file;  // in the directory, or empty
};

struct QuarantineFile {
  std::string path;  // below the directory
  std::string bytes; // redacted
};

struct QuarantineSetting {
  std::filesystem::path directory;  // must not exist
  std::string trigger = "operator_request";
  bool keep_container = true;  // commit a container that removes itself
};

class Quarantine {
 public:
  Quarantine(const host::Host& host, ServiceBackend& backend, const ReadDeclaration& agent,
             ActionLog& log, const redact::Pipeline& redaction, QuarantineSetting setting);

  // The error of a directory that cannot be made: then nothing was done.
  [[nodiscard]] Status run();
  // Writes manifest.json, once the bundle has its id; then notes the state.
  [[nodiscard]] Status finish(const std::string& bundle_id);

  [[nodiscard]] json::Value manifest(const std::string& bundle_id) const;
  [[nodiscard]] const std::vector<QuarantineStep>& steps() const { return steps_; }
  [[nodiscard]] const std::vector<QuarantineFile>& files() const { return files_; }
  [[nodiscard]] const std::vector<std::string>& residual() const { return residual_; }
  // What the operator has to do by hand, each a command line.
  [[nodiscard]] const std::vector<std::string>& by_hand() const { return by_hand_; }
  [[nodiscard]] const std::filesystem::path& directory() const { return setting_.directory; }
  // Disabling or moving failed, or something is left: exit code 3.
  [[nodiscard]] bool is_partial() const;

 private:
  QuarantineStep& step(int number, std::string action);
  void keep(QuarantineStep& step, const std::string& file, const std::string& bytes,
            std::string_view name_for_format);
  void keep_definition(QuarantineStep& step, const std::string& file, const std::string& bytes,
                       const std::string& name);
  void keep_json(QuarantineStep& step, const std::string& file, const json::Value& document);
  void keep_answer(QuarantineStep& step, const std::string& file, const CommandRun& run);

  void freeze();
  void stop();
  void disable();
  void move_definitions();
  void move_one(QuarantineStep& step, const std::filesystem::path& file, const std::string& copy);
  void capture_logs();
  void capture_status();
  void capture_podman();
  void capture_container();
  void capture_image();
  void capture_auth();
  void look_for_residue();
  [[nodiscard]] std::string remediation() const;
  [[nodiscard]] json::Value scope() const;
  [[nodiscard]] CommandRun podman(std::vector<std::string> words);
  [[nodiscard]] CommandRun ask(std::vector<std::string> argv, std::uint64_t timeout_ms);

  const host::Host& host_;
  ServiceBackend& backend_;
  const ReadDeclaration& agent_;
  const Declaration& d_;
  ActionLog& log_;
  const redact::Pipeline& redaction_;
  QuarantineSetting setting_;
  Actor actor_;
  UtcTime started_at_;
  std::vector<QuarantineStep> steps_;
  std::vector<QuarantineFile> files_;
  std::vector<std::string> residual_;
  std::vector<std::string> by_hand_;

  // --- captured by step 0
  ServiceStatus status_;
  std::optional<ContainerAnswer> container_;
  CommandRun container_inspect_;
  std::vector<ProcessFacts> processes_;
  std::unique_ptr<json::Value> frozen_;  // what step 0 saw
  bool was_paused_ = false;
  bool podman_hangs_ = false;
  bool disabled_ = false;
  bool moved_ = false;
};

[[nodiscard]] std::vector<PlannedAction> quarantine_plan(const host::Host& host,
                                                         ServiceBackend& backend,
                                                         const ReadDeclaration& agent,
                                                         const std::filesystem::path& directory);

}  // namespace sourceos::runtime
