import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PIXELS_MAX, pictureOf } from '../../src/documents/pictures';
import { checkoutRoot } from '../../src/paths';
import { aJpeg, aPng, exif } from '../support/files';

const CANARY = 'GPS-31.2304N-121.4737E';
const said = (text: string): Buffer => Buffer.from(text);

test('a JPEG leaves without what its camera and its programmes wrote, and stands the way it was held', () => {
  const about = [
    [0xe1, exif(6, CANARY)],
    [0xe1, said(`http://ns.adobe.com/xap/1.0/\0${CANARY}`)],
    [0xe2, said(`MPF\0${CANARY}`)],
    [0xed, said(`Photoshop 3.0\0${CANARY}`)],
    [0xfe, said(CANARY)],
  ] as const;
  const picture = pictureOf(aJpeg(about, [640, 480], `${CANARY} and another picture`), 'image/jpeg')!;
  expect(picture.pixels).toBe(640 * 480);
  expect(picture.bytes.includes(CANARY)).toBe(false);
  expect(picture.bytes.subarray(-2)).toEqual(Buffer.from([0xff, 0xd9]));
  // The orientation alone is written anew: 6 is a quarter turn.
  expect(picture.bytes.includes(Buffer.from('Exif'))).toBe(true);
  expect(pictureOf(picture.bytes, 'image/jpeg')!.bytes).toEqual(picture.bytes);
  expect(picture.bytes.toString('latin1')).toContain('\x01\x12\0\x03\0\0\0\x01\0\x06');
});

test('colours stay, and a picture about which nothing is said is left as it is', () => {
  const profile = said('ICC_PROFILE\0\x01\x01 colours');
  expect(pictureOf(aJpeg([[0xe2, profile]]), 'image/jpeg')!.bytes.includes(profile)).toBe(true);
  expect(pictureOf(aJpeg(), 'image/jpeg')!.bytes).toEqual(aJpeg());
  expect(pictureOf(aPng(), 'image/png')!.bytes).toEqual(aPng());
});

test('a PNG leaves without texts, times and Exif, and without what lies behind its end', () => {
  const about = ['tEXt', 'zTXt', 'iTXt', 'eXIf', 'tIME', 'prVt'].map((type) => [type, said(CANARY)] as const);
  const picture = pictureOf(aPng([['gAMA', Buffer.alloc(4)], ...about], [20, 30], CANARY), 'image/png')!;
  expect(picture).toMatchObject({ pixels: 600 });
  expect(picture.bytes.includes(CANARY)).toBe(false);
  expect(picture.bytes).toEqual(aPng([['gAMA', Buffer.alloc(4)]], [20, 30]));
});

test('pictures of a real programme keep every byte of what is seen', () => {
  const screens = path.join(checkoutRoot(), 'docs/screens');
  const names = readdirSync(screens).filter((name) => name.endsWith('.png'));
  expect(names.length).toBeGreaterThan(0);
  for (const name of names.slice(0, 5)) {
    const bytes = readFileSync(path.join(screens, name));
    const seen = (of: Buffer): number => of.indexOf('IDAT');
    const picture = pictureOf(bytes, 'image/png')!;
    expect(picture.bytes.subarray(seen(picture.bytes))).toEqual(bytes.subarray(seen(bytes)));
  }
});

test('a bomb is told by what it declares, without being opened', () => {
  expect(pictureOf(aPng([], [50_000, 50_000]), 'image/png')!.pixels).toBeGreaterThan(PIXELS_MAX);
  expect(pictureOf(aJpeg([], [65_535, 65_535]), 'image/jpeg')!.pixels).toBeGreaterThan(PIXELS_MAX);
});

test('what is cut off anywhere, or is none, is no picture', () => {
  for (const [whole, type] of [
    [aJpeg([[0xe1, exif(1, 'x')]]), 'image/jpeg'],
    [aPng([['tEXt', said('x')]]), 'image/png'],
  ] as const)
    for (let length = 0; length < whole.length; length += 1) expect([length, pictureOf(whole.subarray(0, length), type)]).toEqual([length, null]);
  expect(pictureOf(Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.from('no segment')]), 'image/jpeg')).toBeNull();
});

test('broken words about a picture are no reason to lose it', () => {
  const broken = exif(6, '').subarray(0, 14);
  expect(pictureOf(aJpeg([[0xe1, broken]]), 'image/jpeg')).toMatchObject({ pixels: 64 });
});
