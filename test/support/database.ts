import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { TEST_PASSWORD } from './engines';

export type FreshDatabase = { ownerUrl: string; appUrl: string; drop(): Promise<void> };

async function asOwner(statement: string): Promise<void> {
  const client = new Client({ connectionString: process.env.TEST_DATABASE_URL });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/**
 * A database of one's own, cloned from the migrated template; one per test file.
 * @param template another one; `template0` is empty
 * @returns the owner's URL, the URL of the limited application role, and `drop`, which also cuts connections left open
 */
export async function freshDatabase(template = 'almoner_template'): Promise<FreshDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asOwner(`create database ${name} template ${template}`);
  const ownerUrl = process.env.TEST_DATABASE_URL!.replace(/\/postgres$/, `/${name}`);
  const appUrl = ownerUrl.replace(/\/\/[^@]+@/, `//almoner_app:${TEST_PASSWORD}@`);
  return { ownerUrl, appUrl, drop: () => asOwner(`drop database if exists ${name} with (force)`) };
}
