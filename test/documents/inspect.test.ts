import { activeContentOf, sniffedType } from '../../src/documents/inspect';
import { anObjectStream, aPdf } from '../support/files';

const pdf = (inside: string | Buffer): Buffer => Buffer.concat([Buffer.from(aPdf()), Buffer.from(inside as Buffer)]);

test.each([
  ['image/jpeg', Buffer.from([0xff, 0xd8, 0xff, 0xe0])],
  ['image/png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0])],
  ['application/pdf', Buffer.from(aPdf())],
  [null, Buffer.from('GIF89a')],
  [null, Buffer.from(` ${aPdf()}`)],
  [null, Buffer.from([0xff, 0xd8])],
  [null, Buffer.alloc(0)],
])('the first bytes say %s', (type, bytes) => {
  expect(sniffedType(bytes)).toBe(type);
});

test('a plain PDF has nothing active, also with compressed objects and pictures', () => {
  expect(activeContentOf(Buffer.from(aPdf()))).toBeNull();
  expect(activeContentOf(pdf(anObjectStream('3 0 << /Type /Page >>')))).toBeNull();
  expect(activeContentOf(pdf('5 0 obj << /Type /XObject /Filter /DCTDecode >>\nstream\nnot a picture\nendstream'))).toBeNull();
  // Names that only begin alike.
  expect(activeContentOf(Buffer.from(aPdf('<< /Launcher 1 /OpenActions 2 >>')))).toBeNull();
});

test.each([
  ['JavaScript', '<< /S /JavaScript /JS (app.alert\\(1\\)) >>'],
  ['JavaScript', '<< /S /J#61va#53cript >>'],
  ['Launch', '<< /S/Launch/F(cmd.exe) >>'],
  ['OpenAction', '<< /OpenAction [3 0 R /Fit] >>'],
  ['EmbeddedFiles', '<< /EmbeddedFiles 4 0 R >>'],
  ['RichMedia', '<< /Subtype /RichMedia >>'],
  ['SubmitForm', '<< /S /SubmitForm >>'],
  ['XFA', '<< /XFA 9 0 R >>'],
  ['Encrypt', '<< /Encrypt 8 0 R >>'],
])('%s is found in %s', (name, inside) => {
  expect(activeContentOf(Buffer.from(aPdf(inside)))).toBe(name);
});

test('active content is found inside compressed objects, and what cannot be unpacked is not taken', () => {
  expect(activeContentOf(pdf(anObjectStream('3 0 << /S /JavaScript >>')))).toBe('JavaScript');
  expect(activeContentOf(pdf(anObjectStream('3 0 << >>', '/DecodeParms << /Predictor 12 >>')))).toBe('unreadable object stream');
  expect(activeContentOf(pdf('7 0 obj << /Type /Obj#53tm /Filter /LZWDecode >>\nstream\nabc\nendstream'))).toBe('unreadable object stream');
});

test('a bomb is given up', () => {
  expect(activeContentOf(pdf(anObjectStream(' '.repeat(70_000_000))))).toBe('unreadable object stream');
});
