import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** Where sealed documents lie. It sees ciphertext only, and changes nothing that it took. */
export interface DocumentStore {
  /** Keeps bytes under a document's id; on return they survive a power cut. The same id again replaces them whole. @throws when the disk does not take them. */
  put(id: string, sealed: Buffer): Promise<void>;
  /** @returns the bytes as they were put; null when there are none. */
  get(id: string): Promise<Buffer | null>;
  /** Removes what lies under an id; nothing there is well too. */
  remove(id: string): Promise<void>;
}

/** A store in a folder: one file per document. @param folder absolute; created with mode 0700. */
export function folderStore(folder: string): DocumentStore {
  // The last characters of a ULID are random: they spread files evenly.
  const placeOf = (id: string): { room: string; file: string } => {
    if (!/^[0-9A-HJKMNP-TV-Z]{26}$/.test(id)) throw new RangeError('A document is stored under its id');
    const room = path.join(folder, id.slice(-2));
    return { room, file: path.join(room, id) };
  };
  return {
    put: async (id, sealed) => {
      const { room, file } = placeOf(id);
      await mkdir(room, { recursive: true, mode: 0o700 });
      const draft = `${file}.${randomUUID()}`;
      const handle = await open(draft, 'wx', 0o600);
      try {
        await handle.writeFile(sealed);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(draft, file);
      // A new name counts once its folder is on the disk too, and so does a new folder.
      for (const place of [room, folder]) await syncFolder(place);
    },
    remove: async (id) => {
      const { room, file } = placeOf(id);
      await rm(file, { force: true });
      await syncFolder(room).catch((error: unknown) => {
        if ((error as { code?: string }).code !== 'ENOENT') throw error;
      });
    },
    get: async (id) => {
      try {
        return await readFile(placeOf(id).file);
      } catch (error) {
        if ((error as { code?: string }).code === 'ENOENT') return null;
        throw error;
      }
    },
  };
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
