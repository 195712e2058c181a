import { inflateSync } from 'node:zlib';

/** @returns the words that a PDF shows, read through the fonts' own maps from glyph to character. One font a file, as ours are made. */
export function wordsOf(pdf: Buffer): string {
  const streams = [...pdf.toString('latin1').matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)].map((m) => unpacked(Buffer.from(m[1]!, 'latin1')));
  const characters = new Map<number, string>();
  for (const map of streams.filter((text) => text.includes('beginbfrange')))
    for (const [, from, , list] of map.matchAll(/<([0-9a-f]{4})> <([0-9a-f]{4})> \[([^\]]*)\]/g))
      for (const [i, [, hex]] of [...list!.matchAll(/<([0-9a-f]*)>/g)].entries())
        characters.set(Number.parseInt(from!, 16) + i, Buffer.from(hex!, 'hex').swap16().toString('utf16le'));
  const glyphs = streams.flatMap((text) => [...text.matchAll(/\[([^\]]*)\] TJ/g)].map((m) => m[1]!));
  return glyphs
    .map((run) =>
      [...run.matchAll(/<([0-9a-f]+)>/g)]
        .map(([, hex]) =>
          hex!
            .match(/.{4}/g)!
            .map((g) => characters.get(Number.parseInt(g, 16)) ?? '�')
            .join(''),
        )
        .join(''),
    )
    .join('\n');
}

function unpacked(bytes: Buffer): string {
  try {
    return inflateSync(bytes).toString('latin1');
  } catch {
    // Not every stream is packed.
    return bytes.toString('latin1');
  }
}
