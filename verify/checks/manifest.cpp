// From index.json to I, from I to M and to what is attached to M. Every blob is read once, held to
// its digest, and every descriptor to the blob that it describes.
#include "core/limits.hpp"
#include "verify/checks/checks.hpp"
#include "verify/policy.hpp"

#include <fmt/format.h>


namespace sourceos::verify::checks {
namespace {

std::uint64_t content_bytes_max(const bundle::AttachedManifest& manifest) {
  return manifest.layer.media_type == bundle::k_sigstore_media_type ? limits::k_sigstore_bytes_max
                                                                    : limits::k_json_bytes_max;
}

Result<Attached> read_attached(Run& run, const bundle::Descriptor& descriptor) {
  SOURCEOS_TRY_ASSIGN(const std::string text,
                      read_blob(run, descriptor, limits::k_json_bytes_max));
  SOURCEOS_TRY_ASSIGN(const bundle::AttachedManifest manifest,
                      bundle::parse_attached_manifest(text));
  if (manifest.subject != run.manifests->manifest) {
    return fail(ErrorKind::malformed, "descriptor",
                "expected an attached manifest whose subject is M, it names another");
  }
  Attached attached{descriptor, manifest, {}};
  SOURCEOS_TRY_ASSIGN(attached.content,
                      read_blob(run, manifest.layer, content_bytes_max(manifest)));
  const bundle::Descriptor config =
      bundle::describe_blob(bundle::k_empty_media_type, bundle::k_empty_config);
  if (!run.digested.contains(config.digest)) {
    SOURCEOS_TRY(read_blob(run, config, limits::k_json_bytes_max));
  }
  run.reached.insert({descriptor.digest, manifest.layer.digest, config.digest});
  return attached;
}

Status check_order(const std::vector<Attached>& attached) {
  std::vector<bundle::AttachedDescriptor> order;
  std::size_t signatures = 0;
  for (const Attached& each : attached) {
    order.push_back({each.descriptor, each.manifest.layer.media_type});
    signatures += each.manifest.layer.media_type == bundle::k_sigstore_media_type ? 1U : 0U;
  }
  if (signatures > limits::k_signatures_max) {
    return fail(ErrorKind::limit, "limit",
                fmt::format("there are {} signatures, at most {} are looked at", signatures,
                            limits::k_signatures_max));
  }
  return bundle::check_attached_order(order);
}

// Everything that M names is there, with the size that M says.
std::optional<CheckResult> check_layers(Run& run) {
  for (const bundle::Descriptor& layer : run.manifest->layers) {
    run.reached.insert(layer.digest);
    const auto blob = run.layout.open(layer.digest);
    if (!blob) {
      // The index tells what was withheld: it is always there.
      const bool is_index = &layer == &run.manifest->layers.front();
      if (is_index || !run.withheld.contains(layer.digest)) {
        return failed(blob.error(), layer.digest.text());
      }
      const bool may_be_absent =
          run.options.allow_withheld ||
          (run.options.policy != nullptr && run.options.policy->allow_withheld);
      if (!may_be_absent) {
        return failed("withheld", layer.digest.text(),
                      "it was left out under a disclosure statement");
      }
    } else if (blob->size() != layer.size) {
      // A blob that was cut or grew is not its digest either, and that is what is wrong with it.
      const auto digest = hash_blob(*blob);
      const bool descriptor_lies = digest && *digest == layer.digest;
      return failed(descriptor_lies ? "descriptor" : "digest-mismatch", layer.digest.text(),
                    fmt::format("M says {} bytes, there are {}", layer.size, blob->size()));
    }
  }
  run.layers_are_there = true;
  return std::nullopt;
}

std::optional<CheckResult> check_record_blob(Run& run) {
  const bundle::Descriptor& config = run.manifest->config;
  run.reached.insert(config.digest);
  auto record = read_blob(run, config, limits::k_record_bytes_max);
  if (!record) {
    return failed(record.error(), config.digest.text());
  }
  run.record_bytes = std::move(*record);
  run.record = read_record_facts(*run.record_bytes);
  run.payload = bundle::write_statement(*run.manifest_id, *run.record_bytes);
  return std::nullopt;
}

std::optional<CheckResult> check_attached(Run& run) {
  std::vector<Attached> attached;
  for (const bundle::Descriptor& descriptor : run.manifests->attached) {
    auto one = read_attached(run, descriptor);
    if (!one) {
      return failed(one.error(), descriptor.digest.text());
    }
    attached.push_back(std::move(*one));
  }
  if (const auto status = check_order(attached); !status) {
    return failed(status.error(), run.bundle_index->digest.text());
  }
  run.attached = std::move(attached);
  find_withheld(run);
  return std::nullopt;
}

}  // namespace

CheckResult manifest(Run& run) {
  if (!run.bundle_index) {
    return skipped("needs index.json");
  }
  const auto index_text = read_blob(run, *run.bundle_index, limits::k_json_bytes_max);
  if (!index_text) {
    return failed(index_text.error(), run.bundle_index->digest.text());
  }
  run.reached.insert(run.bundle_index->digest);
  auto manifests = bundle::parse_bundle_index(*index_text);
  if (!manifests) {
    return failed(manifests.error(), run.bundle_index->digest.text());
  }
  const auto text = read_blob(run, manifests->manifest, limits::k_json_bytes_max);
  if (!text) {
    return failed(text.error(), manifests->manifest.digest.text());
  }
  run.manifests = std::move(*manifests);
  run.manifest_id = run.manifests->manifest.digest;
  run.verdict.bundle = run.manifest_id;
  run.reached.insert(*run.manifest_id);
  auto manifest = bundle::parse_manifest(*text);
  if (!manifest) {
    return failed(manifest.error(), run.manifest_id->text());
  }
  run.manifest = std::move(*manifest);
  return pass();
}

CheckResult descriptors(Run& run) {
  if (!run.manifest) {
    return skipped("needs manifest");
  }
  // All three are looked at: what one of them finds wrong does not hide the others' bytes from
  // the checks that follow.
  auto record = check_record_blob(run);
  auto attached = check_attached(run);
  auto layers = check_layers(run);
  for (auto* problem : {&record, &attached, &layers}) {
    if (*problem) {
      return std::move(**problem);
    }
  }
  return pass(fmt::format("{} layers, {} attached", run.manifest->layers.size(),
                          run.attached->size()));
}

}  // namespace sourceos::verify::checks
