// Finds blobs of an unpacked bundle by what they are, reading only OCI documents.
//
// usage: node layout.mjs LAYOUT signature|manifest|record|index|log-proof|minisign|sshsig|layers
//        prints the path of the blob (for layers: type, digest and path of each, a line each)
import { readFileSync } from 'node:fs';
import path from 'node:path';

const [layout, what] = process.argv.slice(2);
const blobPath = (digest) => path.join(layout, 'blobs', 'sha256', digest.slice('sha256:'.length));
const readJson = (digest) => JSON.parse(readFileSync(blobPath(digest), 'utf8'));

const top = JSON.parse(readFileSync(path.join(layout, 'index.json'), 'utf8'));
const bundle = top.manifests.find((one) => one.annotations?.['org.opencontainers.image.ref.name'] === 'bundle') ?? top.manifests[0];
const members = readJson(bundle.digest).manifests;
const manifest = readJson(members[0].digest);
const attached = members.slice(1).map((one) => readJson(one.digest));
const types = {
  signature: 'application/vnd.dev.sigstore.bundle.v0.3+json',
  'log-proof': 'application/vnd.sourceos.evidence.log-proof.v1',
  minisign: 'application/vnd.sourceos.evidence.minisign.v1',
  sshsig: 'application/vnd.sourceos.evidence.sshsig.v1',
};

if (what === 'manifest') console.log(blobPath(members[0].digest));
else if (what === 'record') console.log(blobPath(manifest.config.digest));
else if (what === 'index') console.log(blobPath(manifest.layers[0].digest));
else if (what === 'layers') {
  for (const layer of manifest.layers) console.log(`${layer.mediaType} ${layer.digest} ${blobPath(layer.digest)}`);
} else {
  const found = attached.find((one) => one.artifactType === types[what]);
  if (!found) throw new Error(`no ${what} in the bundle`);
  console.log(blobPath(found.layers[0].digest));
}
