// Checks an export directory against the takers' own schemas with ajv.
//
// usage: node records_check.mjs CONTRACTS_DIR EXPORT_DIR
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, existsSync } from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const Ajv2020 = require('ajv/dist/2020.js');
const addFormats = require('ajv-formats');

const [contracts, dir] = process.argv.slice(2);
// Others' schemas are taken as they are: not all pass the strict mode that ours do.
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);

function schemaFile(name) {
  for (const folder of ['agentplane', 'sourceos-spec']) {
    const file = path.join(contracts, folder, name);
    if (name.endsWith('.json') && existsSync(file)) return file;
  }
  return null;
}

// A bundle of AgentPlane with nothing in it but what it must have, and our fragment.
function minimalBundle(fragment) {
  return {
    apiVersion: 'agentplane.socioprophet.org/v0.1', kind: 'Bundle',
    metadata: { name: 'demo', version: '0.1.0', createdAt: '2026-01-31T12:00:00Z' },
    spec: { secrets: {}, policy: {}, artifacts: { outDir: 'artifacts' }, smoke: { script: 'true' }, ...fragment.spec },
  };
}

let failed = 0;
let checked = 0;
const index = JSON.parse(readFileSync(path.join(dir, 'export-index.json'), 'utf8'));
for (const row of index.files) {
  const text = readFileSync(path.join(dir, row.file), 'utf8');
  if (row.digest !== `sha256:${createHash('sha256').update(text).digest('hex')}`) {
    failed += 1;
    console.log(`FAILED ${row.file}: another digest than the index says`);
  }
  const file = schemaFile(row.schema);
  if (!file) continue;
  const schema = JSON.parse(readFileSync(file, 'utf8'));
  const validate = (schema.$id && ajv.getSchema(schema.$id)) || ajv.compile(schema);
  const record = JSON.parse(text);
  checked += 1;
  if (!validate(row.kind === 'bundle-binding' ? minimalBundle(record) : record)) {
    failed += 1;
    console.log(`FAILED ${row.file}`);
    for (const error of validate.errors.slice(0, 5)) console.log(`  ${error.instancePath || '/'} ${error.message}`);
  }
}
const listed = new Set(index.files.map((row) => row.file));
for (const name of readdirSync(dir, { recursive: true })) {
  const isFile = String(name).endsWith('.json');
  if (isFile && name !== 'export-index.json' && !listed.has(String(name))) {
    failed += 1;
    console.log(`FAILED ${name} is not in the index`);
  }
}
console.log(`records: ${checked} checked, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
