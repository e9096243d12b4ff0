#include "bundle/manifest.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "bundle/statement.hpp"

using namespace sourceos;
using namespace sourceos::bundle;

namespace {

Manifest sample() {
  return {describe_blob(k_record_media_type, "{}"),
          {describe_blob(k_index_media_type, "1"), describe_blob(k_pack_media_type, "2"),
           describe_blob(k_segment_media_type, "3")}};
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string hex(std::string_view text) { return sha256(text).hex(); }

}  // namespace

TEST_CASE("M is written as the format says and read back") {
  const std::string text = write_manifest(sample());
  CHECK(
      text ==
      R"({"artifactType":"application/vnd.sourceos.evidence.bundle.v1","config":{"digest":"sha256:)" +
          hex("{}") +
          R"(","mediaType":"application/vnd.sourceos.evidence.record.v1+json","size":2},"layers":[{"digest":"sha256:)" +
          hex("1") +
          R"(","mediaType":"application/vnd.sourceos.evidence.index.v1+jsonl+zstd","size":1},{"digest":"sha256:)" +
          hex("2") +
          R"(","mediaType":"application/vnd.sourceos.evidence.pack.v1.tar+zstd","size":1},{"digest":"sha256:)" +
          hex("3") +
          R"(","mediaType":"application/vnd.sourceos.evidence.segment.v1+zstd","size":1}],"mediaType":"application/vnd.oci.image.manifest.v1+json","schemaVersion":2})");
  const Manifest read = parse_manifest(text).value();
  CHECK(read.config == sample().config);
  CHECK(read.layers == sample().layers);
}

TEST_CASE("M with anything else in it is refused") {
  const std::string good = write_manifest(sample());
  const std::string layer = R"({"digest":"sha256:)" + hex("2") + R"(","mediaType":")" +
                            std::string(k_pack_media_type) + R"(","size":1})";
  for (const std::string& bad :
       {std::string("{}"), std::string("[]"), good + "\n", " " + good,
        replaced(good, R"("schemaVersion":2)", R"("schemaVersion":1)"),
        replaced(good, R"("schemaVersion":2)", R"("schemaVersion":2.0)"),
        replaced(good, R"("schemaVersion":2)", R"("annotations":{},"schemaVersion":2)"),
        replaced(good, R"("schemaVersion":2)", R"("schemaVersion":2,"subject":{})"),
        replaced(good, R"("size":2})", R"("size":2,"urls":[]})"),
        replaced(good, R"({"digest")", R"({"data":"","digest")"),
        replaced(good, R"("size":2})", R"("size":9007199254740992})"),
        replaced(good, R"("size":2})", R"("size":"2"})"), replaced(good, "sha256:", "sha512:"),
        replaced(good, "bundle.v1", "bundle.v2"),
        replaced(good, "oci.image.manifest", "docker.manifest")}) {
    CAPTURE(bad);
    REQUIRE_FALSE(parse_manifest(bad).has_value());
    CHECK(parse_manifest(bad).error().reason == "malformed");
  }
  for (const std::string& bad :
       {replaced(good, layer, layer + "," + layer), replaced(good, "pack.v1.tar", "pack.v2.tar"),
        replaced(good, "record.v1", "record.v2"), replaced(good, "index.v1", "pack.v1")}) {
    CAPTURE(bad);
    REQUIRE_FALSE(parse_manifest(bad).has_value());
    CHECK(parse_manifest(bad).error().reason == "descriptor");
  }
}

TEST_CASE("M has at most 64 layers") {
  Manifest manifest = sample();
  while (manifest.layers.size() < 64) {
    manifest.layers.push_back(
        describe_blob(k_segment_media_type, "s" + std::to_string(manifest.layers.size())));
  }
  CHECK(parse_manifest(write_manifest(manifest)).has_value());
  manifest.layers.push_back(describe_blob(k_segment_media_type, "one more"));
  CHECK(parse_manifest(write_manifest(manifest)).error().kind == ErrorKind::limit);
}

TEST_CASE("an attached manifest has the empty config, one layer and M as its subject") {
  const Descriptor subject = describe_blob(k_manifest_media_type, "M");
  for (const std::string_view type :
       {k_sigstore_media_type, k_log_proof_media_type, k_minisign_media_type, k_sshsig_media_type,
        k_disclosure_media_type}) {
    const AttachedManifest attached{describe_blob(type, "S"), subject};
    const std::string text = write_attached_manifest(attached);
    CHECK(text.starts_with(R"({"artifactType":")" + std::string(type)));
    CHECK(text.find("sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a") !=
          std::string::npos);
    const AttachedManifest read = parse_attached_manifest(text).value();
    CHECK(read.layer == attached.layer);
    CHECK(read.subject == subject);
  }
  const std::string good =
      write_attached_manifest({describe_blob(k_sigstore_media_type, "S"), subject});
  const std::string other = write_attached_manifest({describe_blob("text/plain", "S"), subject});
  for (const std::string& bad :
       {other, replaced(good, "oci.empty", "oci.full"),
        replaced(good, R"("size":2)", R"("size":3)"),
        replaced(good, std::string(k_sigstore_media_type), std::string(k_sshsig_media_type)),
        replaced(good, R"(,"subject")", R"(,"subjects")"), good + " "}) {
    CAPTURE(bad);
    REQUIRE_FALSE(parse_attached_manifest(bad).has_value());
    CHECK(parse_attached_manifest(bad).error().reason == "malformed");
  }
}

TEST_CASE("I lists M, then signatures, log proofs and others, each by digest") {
  const Descriptor m = describe_blob(k_manifest_media_type, "M");
  std::vector<AttachedDescriptor> attached;
  int number = 0;
  for (const std::string_view type : {k_minisign_media_type, k_log_proof_media_type,
                                      k_sigstore_media_type, k_sigstore_media_type}) {
    attached.push_back(
        {describe_blob(k_manifest_media_type, std::to_string(number++)), std::string(type)});
  }
  const std::string text = write_bundle_index(m, attached);
  const BundleIndex index = parse_bundle_index(text).value();
  CHECK(index.manifest == m);
  REQUIRE(index.attached.size() == 4);
  CHECK(index.attached[0].digest < index.attached[1].digest);
  CHECK(index.attached[2].digest == sha256("1"));
  CHECK(index.attached[3].digest == sha256("0"));
  CHECK_FALSE(check_attached_order(attached).has_value());
  std::sort(attached.begin(), attached.end(), [&](const auto& a, const auto& b) {
    const auto place = [&](const auto& each) {
      return std::find(index.attached.begin(), index.attached.end(), each.descriptor);
    };
    return place(a) < place(b);
  });
  CHECK(check_attached_order(attached).has_value());
  CHECK_FALSE(parse_bundle_index(replaced(text, R"("schemaVersion")", R"("x":1,"schemaVersion")")));
  CHECK_FALSE(parse_bundle_index(
      replaced(text, std::string(k_manifest_media_type), std::string(k_image_index_media_type))));
  CHECK_FALSE(parse_bundle_index(write_bundle_index(m, {{m, "x"}})).has_value());
}

TEST_CASE("index.json names one descriptor, also as a copy tool writes it") {
  const Descriptor i = describe_blob(k_image_index_media_type, "I");
  const std::string ours = write_layout_index(i);
  CHECK(parse_layout_index(ours).value() == i);
  CHECK(ours.find(R"("org.opencontainers.image.ref.name":"bundle")") != std::string::npos);
  const std::string descriptor = R"({ "mediaType": ")" + i.media_type + R"(", "digest": ")" +
                                 i.digest.text() + R"(", "size": 1 })";
  CHECK(parse_layout_index(R"({ "schemaVersion": 2, "manifests": [ )" + descriptor + " ] }\n")
            .value() == i);
  for (const std::string& bad :
       {write_layout_index(std::nullopt),
        R"({"schemaVersion":2,"manifests":[)" + descriptor + "," + descriptor + "]}",
        R"({"schemaVersion":2,"annotations":{},"manifests":[)" + descriptor + "]}",
        R"({"schemaVersion":3,"manifests":[)" + descriptor + "]}",
        R"({"schemaVersion":2,"mediaType":"x","manifests":[)" + descriptor + "]}",
        replaced(ours, R"("size":1)", R"("platform":{},"size":1)"),
        replaced(ours, "org.opencontainers.image.ref.name", "org.example.note"),
        replaced(ours, R"("bundle")", "1"), std::string("{}"), std::string("[]")}) {
    CAPTURE(bad);
    REQUIRE_FALSE(parse_layout_index(bad).has_value());
    CHECK(parse_layout_index(bad).error().reason == "malformed");
  }
}

TEST_CASE("oci-layout says one thing") {
  CHECK(check_oci_layout(write_oci_layout()).has_value());
  CHECK(check_oci_layout("{ \"imageLayoutVersion\": \"1.0.0\" }\n").has_value());
  CHECK_FALSE(check_oci_layout(R"({"imageLayoutVersion":"1.0.1"})").has_value());
  CHECK_FALSE(check_oci_layout(R"({"imageLayoutVersion":"1.0.0","x":1})").has_value());
}
