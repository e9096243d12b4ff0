#!/usr/bin/env bash
# Programs that know nothing of the toolkit agree with it. Each case makes a bundle with the built
# program, exports it, and lets an outsider judge it; then breaks it and lets the outsider say no.
#
# usage: run.sh BIN CASE      BIN: where sourceosctl is; CASE: one of the functions below
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
bin=$(cd "${1:?usage: run.sh BIN CASE}" && pwd)
case_name=${2:?usage: run.sh BIN CASE}
ctl=$bin/sourceosctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state

die() { echo "FAILED: $*" >&2 && exit 1; }
expect_failure() { if "$@" >/dev/null 2>&1; then die "should have failed: $*"; fi; }
blob() { node "$here/layout.mjs" "$work/layout" "$1"; }

# A tree with small, empty, oddly named and large files.
make_tree() {
  mkdir -p "$work/tree/sub dir" "$work/tree/long"
  printf 'hello\n' >"$work/tree/a.txt"
  : >"$work/tree/empty"
  printf 'x%.0s' {1..1024} >"$work/tree/sub dir/exact.bin"
  printf 'y' >"$work/tree/long/$(printf 'n%.0s' {1..150})"
  seq -f 'line %.0f of an ordinary log, nothing to see here' 1 400000 >"$work/tree/large.log"
}

make_bundle() { # [collect options]
  make_tree
  "$ctl" evidence collect --preset minimal --path "$work/tree" "$@" --json >"$work/collect.json"
  "$ctl" evidence export @last --output "$work/bundle.evidence.tar" >/dev/null
  mkdir "$work/layout"
  tar -xf "$work/bundle.evidence.tar" -C "$work/layout"
  "$ctl" evidence key export --role bundle --format pem >"$work/key.pem"
}

flip() { # FILE: one bit of its last byte
  local size last
  size=$(stat -c %s "$1")
  last=$(tail -c 1 "$1" | od -An -tu1)
  printf "\\$(printf %o $((last ^ 1)))" | dd of="$1" bs=1 seek=$((size - 1)) conv=notrunc status=none
}

# --- cases

sigstore() {
  make_bundle
  local s
  s=$(blob signature)
  node "$here/sigstore_verify.mjs" "$s" "$work/key.pem"
  # Another payload under the same signature.
  node -e '
    const fs = require("fs"); const b = JSON.parse(fs.readFileSync(process.argv[1]));
    const p = Buffer.from(b.dsseEnvelope.payload, "base64"); p[p.length - 3] ^= 1;
    b.dsseEnvelope.payload = p.toString("base64"); fs.writeFileSync(process.argv[2], JSON.stringify(b));
  ' "$s" "$work/flipped.json"
  expect_failure node "$here/sigstore_verify.mjs" "$work/flipped.json" "$work/key.pem"
  openssl genpkey -algorithm ed25519 -out "$work/other.key" 2>/dev/null
  openssl pkey -in "$work/other.key" -pubout -out "$work/other.pem"
  expect_failure node "$here/sigstore_verify.mjs" "$s" "$work/other.pem"
}

openssl_dsse() {
  make_bundle
  node -e '
    const fs = require("fs"); const [, bundle, pae, sig] = process.argv;
    const e = JSON.parse(fs.readFileSync(bundle)).dsseEnvelope; const p = Buffer.from(e.payload, "base64");
    fs.writeFileSync(pae, Buffer.concat([Buffer.from(`DSSEv1 ${e.payloadType.length} ${e.payloadType} ${p.length} `), p]));
    fs.writeFileSync(sig, Buffer.from(e.signatures[0].sig, "base64"));
  ' "$(blob signature)" "$work/pae" "$work/sig"
  openssl pkeyutl -verify -rawin -pubin -inkey "$work/key.pem" -in "$work/pae" -sigfile "$work/sig"
  flip "$work/pae"
  expect_failure openssl pkeyutl -verify -rawin -pubin -inkey "$work/key.pem" -in "$work/pae" -sigfile "$work/sig"
}

sidecars() {
  "$ctl" evidence key new --role sidecar >/dev/null
  make_bundle
  local manifest
  manifest=$(blob manifest)
  "$ctl" evidence key export --role sidecar --format minisign >"$work/minisign.pub"
  minisign -V -p "$work/minisign.pub" -m "$manifest" -x "$(blob minisign)"
  printf 'evidence %s\n' "$("$ctl" evidence key export --role sidecar --format openssh)" >"$work/signers"
  ssh-keygen -Y verify -f "$work/signers" -I evidence -n evidence-bundle@srcos.ai -s "$(blob sshsig)" <"$manifest"
  cp "$manifest" "$work/flipped"
  flip "$work/flipped"
  expect_failure minisign -V -p "$work/minisign.pub" -m "$work/flipped" -x "$(blob minisign)"
  if ssh-keygen -Y verify -f "$work/signers" -I evidence -n evidence-bundle@srcos.ai -s "$(blob sshsig)" \
    <"$work/flipped" 2>/dev/null; then die "ssh-keygen took a flipped manifest"; fi
}

digests() {
  make_bundle
  (cd "$work/layout/blobs/sha256" && for name in *; do printf '%s  %s\n' "$name" "$name"; done | sha256sum -c --quiet)
}

packs() {
  make_bundle
  local n=0 type digest file
  while read -r type digest file; do
    case $type in *pack*) ;; *) continue ;; esac
    n=$((n + 1))
    zstd -dq "$file" -o "$work/pack.tar"
    mkdir "$work/unpacked"
    tar -xf "$work/pack.tar" -C "$work/unpacked"
    tar -tf "$work/pack.tar" >"$work/list"
    # GNU tar makes the same bytes from the members.
    (cd "$work/unpacked" && LC_ALL=C sort -u "$work/list" | tar --no-recursion --verbatim-files-from -T - \
      --hard-dereference --mode=0644 --mtime=@0 --owner=0 --group=0 --numeric-owner --format=ustar -b 20 -cf -) |
      cmp - "$work/pack.tar"
    rm -rf "$work/unpacked" "$work/pack.tar"
  done < <(blob layers)
  [ "$n" -gt 0 ] || die "no pack in the bundle"
  # The outer tar follows the same rules, uncompressed.
  (cd "$work/layout" && find . -type f -printf '%P\n' | LC_ALL=C sort -u | tar --no-recursion --verbatim-files-from -T - \
    --hard-dereference --mode=0644 --mtime=@0 --owner=0 --group=0 --numeric-owner --format=ustar -b 20 -cf -) |
    cmp - "$work/bundle.evidence.tar"
}

segments() {
  make_bundle
  local wanted
  wanted=$(zstd -dcq "$(blob index)" | node -e '
    const lines = require("fs").readFileSync(0, "utf8").trim().split("\n").map((line) => JSON.parse(line));
    console.log(lines.find((line) => line.path.endsWith("large.log")).sha256);')
  blob layers | awk '$1 ~ /segment/ { print $3 }' | xargs cat | zstd -dcq | sha256sum | grep -q "^$wanted " ||
    die "the segments of large.log are not its bytes"
  cmp <(blob layers | awk '$1 ~ /segment/ { print $3 }' | xargs cat | zstd -dcq) "$work/tree/large.log"
}

skopeo_copies() {
  make_bundle
  local policy=$work/policy.json port digest
  echo '{"default":[{"type":"insecureAcceptAnything"}]}' >"$policy"
  names() { (cd "$1/blobs/sha256" && ls | LC_ALL=C sort); }
  skopeo --policy "$policy" copy --quiet --all --preserve-digests "oci-archive:$work/bundle.evidence.tar:bundle" "oci:$work/copy:bundle"
  diff <(names "$work/layout") <(names "$work/copy")
  "$ctl" evidence verify "$work/copy" --key "$work/key.pem" >/dev/null

  port=$((20000 + RANDOM % 20000))
  cat >"$work/registry.yml" <<EOF
version: 0.1
log: { level: error }
storage: { filesystem: { rootdirectory: $work/registry } }
http: { addr: "127.0.0.1:$port" }
EOF
  docker-registry serve "$work/registry.yml" >"$work/registry.log" 2>&1 &
  local registry=$!
  # shellcheck disable=SC2064
  trap "kill $registry 2>/dev/null; rm -rf '$work'" EXIT
  for _ in $(seq 50); do curl -fs "http://127.0.0.1:$port/v2/" >/dev/null && break; sleep 0.1; done
  skopeo --policy "$policy" copy --quiet --all --preserve-digests --dest-tls-verify=false \
    "oci:$work/layout:bundle" "docker://127.0.0.1:$port/evidence:bundle"
  skopeo --policy "$policy" copy --quiet --all --preserve-digests --src-tls-verify=false \
    "docker://127.0.0.1:$port/evidence:bundle" "oci:$work/back:bundle"
  diff <(names "$work/layout") <(names "$work/back")
  "$ctl" evidence verify "$work/back" --key "$work/key.pem" >/dev/null
  digest=$(skopeo inspect --raw --tls-verify=false "docker://127.0.0.1:$port/evidence:bundle" | sha256sum | cut -d' ' -f1)
  [ -e "$work/layout/blobs/sha256/$digest" ] || die "the registry's index is not the bundle's"
}

schemas() {
  make_bundle
  local schemas=$here/../../schemas
  node "$here/schema_check.mjs" --examples "$schemas"
  node "$here/schema_check.mjs" "$schemas/SourceOSEvidenceBundle.json" "$(blob record)"
  zstd -dcq "$(blob index)" >"$work/index.jsonl"
  node "$here/schema_check.mjs" "$schemas/EvidenceIndexLine.json" --lines "$work/index.jsonl"
  node "$here/schema_check.mjs" "$schemas/EvidenceManifest.json" "$(blob manifest)"
  node -e 'const fs = require("fs"); process.stdout.write(Buffer.from(JSON.parse(fs.readFileSync(process.argv[1])).dsseEnvelope.payload, "base64"));' \
    "$(blob signature)" >"$work/statement.json"
  node "$here/schema_check.mjs" "$schemas/EvidenceStatement.json" "$work/statement.json"
}

# Every exported record fits the schemas of its takers, where these lie beside the project.
records() {
  local contracts=$here/../../../shared/contracts
  if [ ! -d "$contracts/agentplane" ]; then
    echo "records: the takers' schemas are not here, nothing is compared"
    return 0
  fi
  # What the unit tests made of runs, installs and quarantines.
  for dir in "$bin"/exports/*/*; do
    if [ -d "$dir" ]; then node "$here/records_check.mjs" "$contracts" "$dir"; fi
  done
  make_bundle
  "$ctl" contracts validate "$here/../../schemas/examples/terminaldoor.linux.json" >/dev/null
  for target in agentplane sourceos; do
    for bundle in @last "$work/bundle.evidence.tar"; do
      rm -rf "$work/out" "$work/again"
      "$ctl" agent-machine evidence export "$bundle" --to "$target" --bundle demo@0.1.0 --key "$work/key.pem" \
        --output "$work/out" >/dev/null
      "$ctl" evidence export "$bundle" --to "$target" --bundle demo@0.1.0 --key "$work/key.pem" \
        --output "$work/again" >/dev/null
      diff -r "$work/out" "$work/again"
      node "$here/records_check.mjs" "$contracts" "$work/out"
    done
  done
  flip "$work/bundle.evidence.tar"
  expect_failure "$ctl" evidence export "$work/bundle.evidence.tar" --to sourceos --output "$work/broken"
}

# The report page in a real browser, with an entry that tries to be more than text.
report_page() {
  mkdir -p "$work/tree"
  {
    printf '</script><script>window.__evidence_ran = true</script>\n'
    printf '<img src=x onerror="window.__evidence_ran = true">\n'
    printf '<a href="javascript:alert(1)">click</a> \033]52;c;aGk=\007 \342\200\256 end\n'
  } >"$work/tree/hostile.log"
  seq -f 'line %.0f of an ordinary log' 1 2000 >"$work/tree/plain.log"
  "$ctl" evidence collect --preset minimal --path "$work/tree" --quiet >/dev/null
  "$ctl" evidence report @last --output "$work/report.html" >/dev/null
  local id
  id=$("$ctl" evidence show @last --json | grep -oE 'sha256:[0-9a-f]{64}' | head -1)
  node "$here/report_page.mjs" "$work/report.html" "$id"
}

"$case_name"
echo "$case_name: passed"
