// Verifies a Sigstore bundle (one S of an evidence bundle) with sigstore's own code and a public
// key in PEM. Knows nothing of the toolkit.
//
// usage: node sigstore_verify.mjs BUNDLE.json KEY.pem      exit 0: accepted, 1: rejected
import { readFileSync } from 'node:fs';
import { createHash, createPublicKey } from 'node:crypto';
import { createRequire } from 'node:module';

// Both packages are CommonJS.
const require = createRequire(import.meta.url);
const { bundleFromJSON } = require('@sigstore/bundle');
const { Verifier, toSignedEntity } = require('@sigstore/verify');

const [bundlePath, keyPath] = process.argv.slice(2);
const key = createPublicKey(readFileSync(keyPath));
const hint = createHash('sha256').update(key.export({ type: 'spki', format: 'der' })).digest('base64');
const trust = {
  certificateAuthorities: [],
  timestampAuthorities: [],
  tlogs: [],
  ctlogs: [],
  publicKey: (wanted) => {
    if (wanted !== hint) throw new Error(`the bundle hints at ${wanted}, the key given is ${hint}`);
    return { publicKey: key, validFor: () => true };
  },
};

try {
  const bundle = bundleFromJSON(JSON.parse(readFileSync(bundlePath, 'utf8')));
  const verifier = new Verifier(trust, { tlogThreshold: 0, ctlogThreshold: 0, tsaThreshold: 0 });
  verifier.verify(toSignedEntity(bundle));
  console.log('sigstore: accepted');
} catch (error) {
  console.log(`sigstore: rejected: ${error.message}`);
  process.exit(1);
}
