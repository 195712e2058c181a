let codes: ReadonlyMap<string, Buffer> | null = null;

/** Text in GBK, in which Alipay writes its bills. Node only reads it: the table is made by reading every code once. */
export function toGbk(text: string): Buffer {
  codes ??= tableOf(new TextDecoder('gbk'));
  const table = codes;
  return Buffer.concat([...text].map((c) => (c.charCodeAt(0) < 0x80 ? Buffer.from(c, 'latin1') : (table.get(c) ?? Buffer.from('?')))));
}

function tableOf(decoder: InstanceType<typeof TextDecoder>): ReadonlyMap<string, Buffer> {
  const table = new Map<string, Buffer>();
  for (let lead = 0x81; lead <= 0xfe; lead += 1)
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      const code = Buffer.from([lead, trail]);
      const read = [...decoder.decode(code)];
      if (read.length === 1 && read[0] !== '\uFFFD' && !table.has(read[0]!)) table.set(read[0]!, code);
    }
  return table;
}
