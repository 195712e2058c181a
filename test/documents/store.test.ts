import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ulid } from 'ulid';
import { folderStore } from '../../src/documents/store';
import { aFolder } from '../support/folder';

const folder = aFolder();
afterAll(() => folder.remove());
const store = folderStore(path.join(folder.path, 'documents'));

test('what was put comes back, whole; what was not is absent', async () => {
  const id = ulid();
  expect(await store.get(id)).toBeNull();
  await store.put(id, Buffer.from('one'));
  await store.put(id, Buffer.from('two'));
  expect((await store.get(id))!.toString()).toBe('two');
  // No draft is left beside it.
  expect(readdirSync(path.join(folder.path, 'documents', id.slice(-2)))).toEqual([id]);
});

test('a name that is no id reaches no file', async () => {
  await expect(store.get('../../keys/lookup-key')).rejects.toThrow(RangeError);
  await expect(store.put('..', Buffer.from('x'))).rejects.toThrow(RangeError);
});
