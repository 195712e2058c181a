import { Client } from 'pg';
import { waitForTemporal } from '../../src/engines/temporalServer';
import { freshDatabase } from '../support/database';

test('each test file has a database of its own, in UTF-8, locale C and UTC, with checksums', async () => {
  const database = await freshDatabase();
  const client = new Client({ connectionString: database.ownerUrl });
  await client.connect();
  const { rows } = await client.query(
    `select current_setting('server_encoding') as encoding, current_setting('timezone') as zone, current_setting('data_checksums') as checksums, datcollate as collation
     from pg_database where datname = current_database()`,
  );
  await client.end();
  await database.drop();
  expect(rows[0]).toEqual({ encoding: 'UTF8', zone: 'UTC', checksums: 'on', collation: 'C' });
});

test('Temporal answers', async () => {
  await expect(waitForTemporal({ address: process.env.TEST_TEMPORAL_ADDRESS! }, 'default', 1000)).resolves.toBeUndefined();
});
