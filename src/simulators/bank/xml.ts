/** One element with text; nothing when there is no text. */
export function el(name: string, text: string | null | undefined): string {
  return text === null || text === undefined || text === '' ? '' : `<${name}>${escape(text)}</${name}>`;
}

/** Nested elements around a piece of XML: `wrap('Acct/Id/Othr', x)`. */
export function wrap(path: string, inner: string): string {
  return path.split('/').reduceRight((xml, name) => `<${name}>${xml}</${name}>`, inner);
}

/** `123.45` from fen. */
export function yuanText(fen: bigint): string {
  const digits = fen.toString().padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** An amount element in CNY. */
export function money(name: string, fen: bigint): string {
  return `<${name} Ccy="CNY">${yuanText(fen)}</${name}>`;
}

export function documentXml(message: string, inner: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:${message}">${inner}</Document>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
