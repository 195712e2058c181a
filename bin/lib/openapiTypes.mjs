// Writes what the compiled API says of itself: the OpenAPI document, and the types that the console's client is made of.
// Run by the build, in a process of its own: `node bin/lib/openapiTypes.mjs ROOT`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import openapiTS, { astToString } from 'openapi-typescript';

const root = process.argv[2];
const require = createRequire(import.meta.url);
const { apiRoutes } = require(path.join(root, 'dist', 'api', 'app.js'));
const { openApiDocument } = require(path.join(root, 'dist', 'api', 'openapi.js'));

// A document needs no house behind its routes; those of a sandbox are no concern of the console.
const document = openApiDocument(apiRoutes({ sandbox: null }));
mkdirSync(path.join(root, 'dist', 'openapi'), { recursive: true });
writeFileSync(path.join(root, 'dist', 'openapi', 'document.json'), JSON.stringify(document));
writeFileSync(path.join(root, 'dist', 'openapi', 'schema.d.ts'), astToString(await openapiTS(document)));
