/**
 * `node bin/composeSecrets.mjs`: makes the secrets that docker-compose.yml reads, once, in `.almoner/compose/` (0600, never in the
 * repository). Each container gets its own file and with it no other's secrets.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../.almoner/compose', import.meta.url));
const secret = () => randomBytes(24).toString('hex');
const [owner, application, conductor] = [secret(), secret(), secret()];

const files = {
  'postgres.env': { POSTGRES_PASSWORD: owner },
  'temporal-postgres.env': { POSTGRES_PASSWORD: conductor },
  'temporal.env': { POSTGRES_PWD: conductor },
  'prepare.env': { DATABASE_URL: `postgres://almoner:${owner}@postgres:5432/almoner` },
  // The owner's URL is for `prepare` alone; api and worker enter as the limited role whichever of the two they read.
  'almoner.env': {
    DATABASE_URL: `postgres://almoner_app:${application}@postgres:5432/almoner`,
    APP_DATABASE_URL: `postgres://almoner_app:${application}@postgres:5432/almoner`,
    SANDBOX_TOKEN: secret(),
    METRICS_TOKEN: secret(),
  },
};

if (existsSync(path.join(folder, 'almoner.env'))) {
  console.log(`✓ the secrets are there already: ${folder}`);
} else {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const [name, variables] of Object.entries(files)) {
    const lines = Object.entries(variables).map(([key, value]) => `${key}=${value}\n`);
    writeFileSync(path.join(folder, name), lines.join(''), { mode: 0o600 });
  }
  console.log(`✓ secrets made: ${folder}`);
}
