#include "tests/broken/forged_bundle.hpp"

#include "bundle/frame.hpp"
#include "bundle/index_line.hpp"
#include "bundle/key.hpp"
#include "bundle/layout.hpp"
#include "bundle/record.hpp"
#include "bundle/statement.hpp"
#include "bundle/tar_header.hpp"
#include "core/json/canonical.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/bundle/sample_record.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace sourceos::tests {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t k_seq = 7;
constexpr std::uint64_t k_log_size = 11;
constexpr std::string_view k_time = "2026-01-01T00:00:00Z";

// A sample that cannot be made is a fault of the sample.
template <class T>
T must(Result<T> result) {
  if (!result) {
    std::fputs((result.error().read_out() + "\n").c_str(), stderr);
    std::abort();
  }
  return std::move(*result);
}

std::vector<std::pair<std::string, std::string>> sample_members() {
  std::string log;
  for (int i = 0; i < 200; ++i) {
    log += "2026-01-01T00:00:" + std::to_string(10 + i % 50) + "Z node-commander: start " +
           std::to_string(i) + " token REDACTED-token-0123456789ab\n";
  }
  return {{"facts/git.json", R"({"head":"0123abcd"})"},
          {"facts/host.json", R"({"kernel":"6.1.0"})"},
          {"logs/node-commander.log", log}};
}

// What the writer's index would say of a member.
bundle::IndexLine line_of(const std::string& path, const std::string& content, std::uint64_t at) {
  bundle::IndexLine line;
  line.path = path;
  line.kind = "file";
  line.media_type = "text/plain";
  line.collector = "files";
  line.at = k_time;
  line.size = content.size();
  line.sha256 = bundle::sha256(content);
  line.where = {{1, 0, at, content.size()}};
  line.redaction.bytes_scanned = content.size();
  if (path.ends_with(".log")) {
    line.redaction.rules = {{"generic-token", 200}};
    line.redaction.bytes_scanned = 16384;
    bundle::IndexLine::Source source;
    source.path_ref = "$HOME/node-commander.log";
    source.mtime = k_time;
    source.mode = 0644;
    source.size = 16384;
    source.read = 16384;
    source.kept = {{0, 8192}, {8192, 16384}};
    line.source = source;
  }
  return line;
}

json::Value sample_record_value() {
  bundle::Record record = sample_record();
  record.sequence.seq = k_seq;
  record.findings.clear();
  record.collectors[0].entries = 0;
  record.collectors[0].bytes = 0;
  record.collectors.push_back({"files"_r, bundle::CollectorStatus::ok, {}, 0, 0, 1});
  record.redaction.by_rule = {{"generic-token", 200}};
  record.redaction.by_class = {{"token", 200}};
  return must(json::parse_canonical(must(bundle::write_record(record))));
}

}  // namespace

const bundle::Signer& signer(char name) {
  static std::map<char, std::unique_ptr<bundle::Signer>> signers;
  auto& found = signers[name];
  if (!found) {
    found = bundle::signer_from_seed(std::string(bundle::SecretKey::k_seed_size, name));
  }
  return *found;
}

std::string replaced(std::string text, std::string_view old, std::string_view replacement) {
  const std::size_t at = text.find(old);
  if (at == std::string::npos) {
    std::fprintf(stderr, "the sample has no '%s' to replace\n", std::string(old).c_str());
    std::abort();
  }
  return text.replace(at, old.size(), replacement);
}

std::string compressed(std::string_view bytes) {
  static bundle::FramePool pool(1);
  const TemporaryDirectory directory;
  auto writer = must(bundle::FrameWriter::create(pool, directory / "layer", 1));
  if (!writer.append(bytes)) {
    std::abort();
  }
  static_cast<void>(must(writer.finish()));
  return read_file(directory / "layer");
}

std::string tar_of(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string tar;
  for (const auto& [path, content] : members) {
    const bundle::TarHeader header = must(bundle::make_tar_header(path, content.size()));
    tar.append(header.data(), header.size());
    tar += content;
    tar.append(bundle::tar_padding(content.size()), '\0');
  }
  tar.append(bundle::tar_stream_bytes(tar.size()) - tar.size(), '\0');
  return tar;
}

ForgedBundle::ForgedBundle() : members(sample_members()), record(sample_record_value()) {
  after_members();
}

void ForgedBundle::after_members() {
  pack = tar_of(members);
  lines.clear();
  std::uint64_t at = 0;
  std::uint64_t bytes = 0;
  for (const auto& [path, content] : members) {
    std::string text;
    bundle::append_index_line(text, line_of(path, content, at + bundle::k_tar_block_bytes));
    text.pop_back();
    lines.push_back(std::move(text));
    at += bundle::tar_member_bytes(content.size());
    bytes += content.size();
  }
  record["entries"]["count"] = members.size();
  record["entries"]["bytes"] = bytes;
  record["collectors"].back()["entries"] = members.size();
  record["collectors"].back()["bytes"] = bytes;
  after_pack();
}

void ForgedBundle::after_pack() {
  layers.resize(2);
  layers[1] = compressed(pack);
  after_lines();
}

void ForgedBundle::after_lines() {
  index.clear();
  for (const std::string& line : lines) {
    index += line + "\n";
  }
  after_index();
}

void ForgedBundle::after_index() {
  layers[0] = compressed(index);
  record["entries"]["indexDigest"] = bundle::sha256(index).text();
  after_record();
}

void ForgedBundle::after_layers() { after_record(); }

void ForgedBundle::after_record() {
  record_bytes = must(json::write_canonical(record));
  after_record_bytes();
}

void ForgedBundle::after_record_bytes() {
  bundle::Manifest made;
  made.config = bundle::describe_blob(bundle::k_record_media_type, record_bytes);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    made.layers.push_back(bundle::describe_blob(
        i == 0 ? bundle::k_index_media_type : bundle::k_pack_media_type, layers[i]));
  }
  manifest = bundle::write_manifest(made);
  after_manifest();
}

void ForgedBundle::after_manifest() {
  payload = bundle::write_statement(id(), record_bytes);
  after_payload();
}

void ForgedBundle::after_payload() {
  sign();
  const json::Value& sequence = record["sequence"];
  leaf = {k_seq, bundle::log::LeafKind::bundle, id(), bundle::sha256(payload), std::nullopt,
          std::string(k_time)};
  if (sequence["intent"].is_number_unsigned()) {
    leaf.ref = sequence["intent"].get<std::uint64_t>();
  }
  after_leaf();
}

void ForgedBundle::sign() {
  attached.clear();
  for (const char name : signers) {
    attached.push_back({std::string(bundle::k_sigstore_media_type),
                        must(bundle::sign_sigstore_bundle(payload, signer(name))), {}});
  }
}

void ForgedBundle::after_leaf() {
  grow_log();
  after_proof();
}

void ForgedBundle::grow_log() {
  tree = {};
  const std::string text = bundle::log::write_leaf(leaf);
  for (std::uint64_t i = 0; i < k_log_size; ++i) {
    tree.append(bundle::log::leaf_hash(i == k_seq ? text : "leaf " + std::to_string(i)));
  }
  const bool is_test = record["testSeams"] == true;
  checkpoint = {bundle::log::origin_of(record["sequence"]["logId"].get<std::string>(), is_test),
                k_log_size, tree.root()};
  proof = {text, k_seq, must(tree.inclusion(k_seq, k_log_size)),
           must(bundle::log::sign_checkpoint(checkpoint, signer(k_log_signer)))};
}

void ForgedBundle::after_proof() {
  std::erase_if(attached, [](const Attached& each) {
    return each.type == bundle::k_log_proof_media_type;
  });
  attached.push_back({std::string(bundle::k_log_proof_media_type),
                      bundle::log::write_tlog_proof(proof), {}});
  after_attached();
}

void ForgedBundle::after_attached() {
  const bundle::Descriptor subject =
      bundle::describe_blob(bundle::k_manifest_media_type, manifest);
  for (Attached& each : attached) {
    each.manifest = bundle::write_attached_manifest(
        {bundle::describe_blob(each.type, each.content), subject});
  }
  after_attached_manifests();
}

void ForgedBundle::after_attached_manifests() {
  std::vector<bundle::AttachedDescriptor> descriptors;
  for (const Attached& each : attached) {
    descriptors.push_back(
        {bundle::describe_blob(bundle::k_manifest_media_type, each.manifest), each.type});
  }
  bundle_index = bundle::write_bundle_index(
      bundle::describe_blob(bundle::k_manifest_media_type, manifest), descriptors);
  after_bundle_index();
}

void ForgedBundle::after_bundle_index() {
  files.clear();
  files["oci-layout"] = bundle::write_oci_layout();
  files["index.json"] = bundle::write_layout_index(
      bundle::describe_blob(bundle::k_image_index_media_type, bundle_index));
  const auto add = [&](const std::string& blob) { files[name_of(blob)] = blob; };
  add(bundle_index);
  add(manifest);
  add(record_bytes);
  for (const std::string& layer : layers) {
    add(layer);
  }
  for (const Attached& each : attached) {
    add(each.manifest);
    add(each.content);
    add(std::string(bundle::k_empty_config));
  }
}

std::string ForgedBundle::name_of(std::string_view blob) const {
  return bundle::blob_name(bundle::sha256(blob));
}

std::string& ForgedBundle::attached_content(std::string_view type) {
  for (Attached& each : attached) {
    if (each.type == type) {
      return each.content;
    }
  }
  std::abort();
}

void ForgedBundle::write_directory(const fs::path& directory) const {
  for (const auto& [name, bytes] : files) {
    const fs::path path = directory / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
  }
}

std::string ForgedBundle::tar() const {
  return tar_of({files.begin(), files.end()});
}

}  // namespace sourceos::tests
