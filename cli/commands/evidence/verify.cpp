#include "verify/verify.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "bundle/log/host_log.hpp"
#include "cli/commands/commands.hpp"
#include "cli/console.hpp"
#include "cli/judging.hpp"
#include "cli/option_sets.hpp"
#include "cli/parser.hpp"
#include "cli/render.hpp"
#include "cli/report.hpp"
#include "cli/rescan.hpp"
#include "cli/scrub.hpp"
#include "cli/verdict_forms.hpp"
#include "cli/workplace.hpp"
#include "core/json/json.hpp"
#include "host/host.hpp"

namespace sourceos::cli {

namespace {

constexpr std::array k_own_options = {
    Option{.name = "--policy",
           .kind = ValueKind::file,
           .value = "FILE",
           .help = "What is demanded of a bundle, TOML or signed"},
    Option{.name = "--fast", .help = "Digests and signatures only; the verdict says so"},
    Option{.name = "--sarif", .help = "Print SARIF"},
    Option{.name = "--junit", .help = "Print JUnit XML"},
    Option{.name = "--expect",
           .kind = ValueKind::text,
           .value = "sha256:HEX",
           .help = "The bundle must be this one"},
    Option{.name = "--subject",
           .kind = ValueKind::text,
           .value = "REF",
           .help = "The bundle must be about this"},
    Option{.name = "--nonce",
           .kind = ValueKind::text,
           .value = "HEX",
           .help = "The challenge that the bundle must answer"},
    Option{.name = "--rescan", .help = "Also look for secrets with the redaction engine"},
    Option{.name = "--allow-withheld", .help = "Accept layers withheld under a signed statement"},
    Option{.name = "--log",
           .kind = ValueKind::directory,
           .value = "DIR",
           .help = "A copy of the host log, to prove that it only grew"},
    Option{.name = "--consistency",
           .kind = ValueKind::file,
           .value = "FILE",
           .help = "A proof that the host log only grew",
           .repeat = Repeat::many},
    Option{.name = "--checkpoint",
           .kind = ValueKind::file,
           .value = "FILE",
           .help = "A checkpoint of the host log that was seen before",
           .repeat = Repeat::many},
    Option{.name = "--no-memory", .help = "Neither use nor change what this verifier remembers"},
    Option{.name = "--jobs",
           .kind = ValueKind::number,
           .value = "N",
           .help = "Bundles judged side by side; all cores by default"},
    Option{.name = "--max-seconds",
           .kind = ValueKind::number,
           .value = "N",
           .help = "Give up on a bundle after N seconds"},
};
constexpr auto k_options = joined(k_trust_options, k_own_options);
constexpr std::array k_operands = {
    Operand{.name = "BUNDLE",
            .kind = ValueKind::bundle,
            .help = "Archive, directory, id of the store, unique prefix of one, or @last",
            .least = 1,
            .most = k_any_number},
};
constexpr std::array k_examples = {
    Example{"The newest bundle of this host", "evidence verify @last"},
    Example{"An archive, by the public key of who made it",
            "evidence verify incident.evidence.tar --key host.pem"},
    Example{"Many, in CI, against a pinned trust file and a policy",
            "evidence verify a.evidence.tar b.evidence.tar --trust trust.json --policy ci.toml --junit"},
    Example{"That it was made after a challenge",
            "evidence verify answer.evidence.tar --key host.pem --nonce 00112233445566778899aabbccddeeff"},
};

// Everything that one call judges with.
struct Court {
  Judging judging;
  std::optional<Engine> engine;
  std::unique_ptr<verify::Inspector> inspector;
  std::optional<bundle::log::HostLog> log;
};

Result<Court> open_court(const Options& options, const Context& context) {
  SOURCEOS_TRY_ASSIGN(Judging judging, Judging::create(options, context));
  Court court{std::move(judging), {}, {}, {}};
  if (options.has("--rescan")) {
    SOURCEOS_TRY_ASSIGN(court.engine, Engine::create(context, {}));
    court.engine->pipeline().freeze();
    court.inspector = make_inspector(court.engine->pipeline());
  }
  if (const auto directory = options.value("--log")) {
    SOURCEOS_TRY_ASSIGN(court.log, bundle::log::HostLog::open(*directory));
  }
  return court;
}

void add_court(verify::VerifyOptions& options, const Court& court) {
  options.inspector = court.inspector.get();
  if (court.log) {
    options.consistency_source = [&log = *court.log](const std::string& origin, std::uint64_t old_size,
                                                     std::uint64_t new_size)
        -> std::optional<bundle::log::ConsistencyProof> {
      if (origin != log.checkpoint().origin) {
        return std::nullopt;
      }
      auto proof = log.consistency(old_size, new_size);
      return proof ? std::optional(std::move(*proof)) : std::nullopt;
    };
  }
}

json::Value with_input(json::Value document, const std::string& input) {
  document["input"] = input;
  return document;
}

// Documents in the order of the operands, handed out as they come.
using DocumentTaker = std::function<Status(json::Value document)>;

json::Value document_of(const Result<verify::Verdict>& verdict, const std::string& operand,
                        const Options& options, const Context& context) {
  const std::string input = shown_path(context, operand);
  if (!verdict) {
    return with_input(error_report(scrub(verdict.error(), context)).document(), input);
  }
  return verdict_report(*verdict, input, options.has("--allow-untrusted")).document();
}

Result<verify::Verdict> judge_id(const std::string& operand, const Court& court, const Context& context) {
  SOURCEOS_TRY_ASSIGN(Located located, locate(context, operand));
  verify::VerifyOptions options = court.judging.for_store();
  add_court(options, court);
  return court.judging.judge(located, std::move(options)).verdict;
}

Status judge_all(const Options& options, const Court& court, const Context& context,
                 const DocumentTaker& take) {
  const std::vector<std::string>& operands = options.operands();
  if (std::find(operands.begin(), operands.end(), "-") != operands.end()) {
    return fail(ErrorKind::usage, "usage",
                "expected a file, a directory or an id; a bundle is not read from standard input");
  }
  const bool only_paths = std::none_of(operands.begin(), operands.end(), looks_like_id);
  verify::VerifyOptions for_path = court.judging.for_path();
  add_court(for_path, court);
  if (only_paths && operands.size() > 1) {
    Status status;
    verify::verify_many({operands.begin(), operands.end()}, for_path,
                        static_cast<unsigned>(options.number("--jobs").value_or(0)),
                        [&](std::size_t i, const Result<verify::Verdict>& verdict) {
                          if (status) {
                            status = take(document_of(verdict, operands[i], options, context));
                          }
                        });
    return status;
  }
  for (const std::string& operand : operands) {
    Result<verify::Verdict> verdict = verify::Verdict();
    if (looks_like_id(operand)) {
      verdict = judge_id(operand, court, context);
    } else {
      auto opened = verify::verify_path(operand, for_path);
      if (opened) {
        verdict = std::move(opened->judgement.verdict);
      } else {
        verdict = fail(std::move(opened).error());
      }
    }
    if (!verdict && operands.size() == 1 && !options.has("--sarif") && !options.has("--junit")) {
      return fail(std::move(verdict).error());
    }
    SOURCEOS_TRY(take(document_of(verdict, operand, options, context)));
  }
  return {};
}

ExitCode worse(ExitCode a, std::uint64_t b) {
  return static_cast<std::uint64_t>(a) >= b ? a : static_cast<ExitCode>(b);
}

// --- text

Tone tone_of(std::string_view state) {
  return state == "pass" || state == "verified"   ? Tone::good
         : state == "fail" || state == "failed" ? Tone::bad
         : state == "unverifiable"              ? Tone::warning
                                                : Tone::dim;
}

void print_checks(const json::Value& document, Text& text) {
  std::vector<std::vector<Cell>> rows;
  std::size_t passed = 0;
  for (const json::Value& check : part_of(document, "checks")) {
    const std::string outcome = text_of(check, "outcome");
    if (outcome == "pass") {
      ++passed;
      continue;
    }
    rows.push_back({Cell(outcome, tone_of(outcome)), text_of(check, "name"), text_of(check, "reason"),
                    fmt::format("{} {}", text_of(check, "member"), text_of(check, "detail"))});
  }
  text.field("checks", fmt::format("{} of {} pass", passed, part_of(document, "checks").size()));
  if (!rows.empty()) {
    text.gap().table({"outcome", "check", "reason", "about"}, rows);
  }
}

void print_trust(const json::Value& document, Text& text) {
  const std::string source = text_of(document, "trustSource");
  std::string words = source == "self"   ? "this account's own keys: not independent"
                      : source == "file" ? fmt::format("trust file version {}{}", number_of(document, "trustVersion"),
                                                       flag_of(document, "trustPinned") ? ", pinned" : ", not pinned")
                      : source == "keys" ? "keys that were named"
                                         : "nobody";
  text.field("trusted", words);
  for (const json::Value& signature : part_of(document, "signatures")) {
    text.field("signature", fmt::format("{} {} {}", text_of(signature, "status"),
                                        text_of(signature, "keyId"), text_of(signature, "holder")));
  }
}

void print_verdict(const json::Value& document, Text& text) {
  const std::string verdict = text_of(document, "verdict");
  const std::string reason = text_of(document, "reason");
  text.line(text_of(document, "words") + (reason.empty() ? "" : ": " + reason), tone_of(verdict));
  text.field("input", text_of(document, "input"));
  text.field("bundle", part_of(document, "bundle"));
  if (!text_of(document, "subject").empty()) {
    text.field("subject", text_of(document, "subject"));
    text.field("finished", fmt::format("{} ({})", text_of(document, "finishedAt"), text_of(document, "timeBasis")));
  }
  for (const std::string_view axis : {"integrity", "trust", "completeness", "safety", "sequence"}) {
    const std::string state = text_of(document, axis);
    text.field(axis, {axis == "safety" ? fmt::format("{} ({})", state, text_of(document, "safetyWords")) : state,
                      tone_of(state)});
  }
  print_trust(document, text);
  if (!text_of(document, "logId").empty()) {
    text.field("place", fmt::format("{} of log {}, {}", number_of(document, "seq"), text_of(document, "logId"),
                                    text_of(document, "anchor")));
  }
  print_checks(document, text);
  if (!text_of(document, "next").empty()) {
    text.gap().next(text_of(document, "next"));
  }
}

void print_error(const json::Value& document, Text& text) {
  text.line("not judged: " + text_of(document, "reason"), Tone::bad);
  text.field("input", text_of(document, "input"));
  text.field("message", text_of(document, "message"));
  if (!text_of(document, "next").empty()) {
    text.next(text_of(document, "next"));
  }
}

void print(const json::Value& document, Text& text) {
  if (document.contains("verdict")) {
    print_verdict(document, text);
  } else {
    print_error(document, text);
  }
}

// One line each when there are many.
std::string one_line(const json::Value& document, Color color) {
  Text text(color);
  const bool is_verdict = document.contains("verdict");
  const std::string words = is_verdict ? text_of(document, "words") : "not judged";
  text.table({}, {{Cell(words, tone_of(text_of(document, "verdict"))), text_of(document, "reason"),
                   text_of(document, "input")}});
  return text.str();
}

Result<Report> verify_bundles(const Options& options, Context& context) {
  if (options.has("--sarif") + options.has("--junit") + context.json > 1) {
    return fail(ErrorKind::usage, "usage", "'--json', '--sarif' and '--junit' exclude each other");
  }
  SOURCEOS_TRY_ASSIGN(const Court court, open_court(options, context));
  const bool is_one = options.operands().size() == 1;
  const bool keeps = options.has("--sarif") || options.has("--junit");
  const Color color = context.console.out_is_terminal() && !context.console.color_unwanted() &&
                              !options.has("--no-color")
                          ? Color::always
                          : Color::never;
  std::vector<json::Value> documents;
  ExitCode code = ExitCode::done;
  SOURCEOS_TRY(judge_all(options, court, context, [&](json::Value document) -> Status {
    code = worse(code, number_of(document, "exitCode"));
    if (context.host.is_interrupted()) {
      return fail(ErrorKind::interrupted, "interrupted", "interrupted");
    }
    if (keeps) {
      documents.push_back(std::move(document));
      return {};
    }
    if (context.json) {
      return context.console.out(to_json_text(document, Layout::one_line));
    }
    if (!is_one) {
      return context.console.out(one_line(document, color));
    }
    Text text(color, context.console.columns());
    print(document, text);
    return context.console.out(text.str());
  }));
  if (options.has("--sarif")) {
    SOURCEOS_TRY(context.console.out(to_json_text(verdicts_as_sarif(documents), Layout::pretty)));
  } else if (options.has("--junit")) {
    SOURCEOS_TRY(context.console.out(verdicts_as_junit(documents)));
  }
  return Report(new_record("evidence-verify"), code).already_printed();
}

}  // namespace

constinit const Command k_evidence_verify = {
    .name = "verify",
    .summary = "judge bundles: intact, trusted, complete, safe, in order",
    .description =
        "Reads only, needs no network and starts no process. 'verified' alone is printed only for a "
        "bundle that was checked in full, is trusted and complete; an archive or directory is never "
        "trusted by this account's own keys. Exit 0 verified, 1 failed or unverifiable, 4 could not "
        "be read. With several bundles there is one line, or one JSON document on one line, for each.",
    .options = k_options,
    .operands = k_operands,
    .examples = k_examples,
    .run = verify_bundles,
    .store = StoreUse::optional,
};

}  // namespace sourceos::cli
