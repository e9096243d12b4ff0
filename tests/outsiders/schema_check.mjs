// Checks documents against a JSON Schema (draft 2020-12) with ajv.
//
// usage: node schema_check.mjs SCHEMA.json [--lines] DOCUMENT...    --lines: one document a line
//        node schema_check.mjs --examples SCHEMA_DIR   every schema and its examples: of our own
//        documents <Schema>.valid.json and <Schema>.invalid.json, of contracts
//        <schema in lower case>[.<variant>].json and those that invalid/index.json names
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const Ajv2020 = require('ajv/dist/2020.js');
const addFormats = require('ajv-formats');

function makeAjv() {
  const ajv = new Ajv2020({ strict: true, allErrors: true, strictRequired: false, allowUnionTypes: true });
  addFormats(ajv);
  return ajv;
}

function loadSchemas(dir) {
  const ajv = makeAjv();
  const names = readdirSync(dir).filter((name) => name.endsWith('.json'));
  for (const name of names) ajv.addSchema(JSON.parse(readFileSync(path.join(dir, name), 'utf8')), name);
  return { ajv, names };
}

let failed = 0;
let passed = 0;
function report(ok, what, errors) {
  if (ok) { passed += 1; return; }
  failed += 1;
  console.log(`FAILED ${what}`);
  for (const error of (errors ?? []).slice(0, 5)) console.log(`  ${error.instancePath || '/'} ${error.message}`);
}

const args = process.argv.slice(2);
if (args[0] === '--examples') {
  const dir = args[1];
  const { ajv, names } = loadSchemas(dir);
  for (const name of names) report(!!ajv.getSchema(name), `schema ${name}`);
  const byLowerCase = new Map(names.map((name) => [name.toLowerCase(), name]));
  const read = (...parts) => JSON.parse(readFileSync(path.join(dir, 'examples', ...parts), 'utf8'));
  for (const example of readdirSync(path.join(dir, 'examples')).filter((name) => name.endsWith('.json'))) {
    const schema = byLowerCase.get(`${example.split('.')[0]}.json`.toLowerCase());
    if (!schema) { report(false, `${example}: no schema of that name`); continue; }
    const validate = ajv.getSchema(schema);
    const ok = validate(read(example));
    report(ok === !example.endsWith('.invalid.json'), example, validate.errors);
  }
  for (const row of read('invalid', 'index.json')) {
    const validate = ajv.getSchema(row.schema);
    const ok = validate(read('invalid', row.file));
    // What a rule wraps around its reason says nothing new.
    const reasons = new Set((validate.errors ?? []).filter((error) => !['if', 'allOf'].includes(error.keyword))
      .map((error) => `${error.keyword} ${error.instancePath}`));
    const expected = `${row.expectedKeyword} ${row.expectedInstancePath}`;
    report(!ok && reasons.size === 1 && reasons.has(expected), `invalid/${row.file}: expected only ${expected}`, validate.errors);
  }
} else {
  const { ajv } = loadSchemas(path.dirname(args[0]));
  const validate = ajv.getSchema(path.basename(args[0]));
  const byLine = args[1] === '--lines';
  for (const file of args.slice(byLine ? 2 : 1)) {
    const text = readFileSync(file, 'utf8');
    const documents = byLine ? text.split('\n').filter((line) => line !== '') : [text];
    documents.forEach((document, i) => {
      report(validate(JSON.parse(document)), byLine ? `${file} line ${i + 1}` : file, validate.errors);
    });
  }
}
console.log(`schemas: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
