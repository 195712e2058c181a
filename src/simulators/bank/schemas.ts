import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { XmlDocument, XsdValidator } from 'libxml2-wasm' with { 'resolution-mode': 'import' };

/** The official schemas lie beside the adapter that uses them too; a build does not copy them, so the sources are looked at as well. */
const FOLDERS = ['../../adapters/payment/bank/xsd', '../../../src/adapters/payment/bank/xsd'].map((each) => path.join(__dirname, each));

const validators = new Map<string, XsdValidator>();

/**
 * Parses and validates a message. No external entity is ever loaded, and a document type is refused.
 * The caller disposes the document. @throws with the reason when it is not a valid message of this type.
 */
export async function readValid(message: string, xml: Buffer): Promise<XmlDocument> {
  const { XmlDocument: Document, XsdValidator: Xsd, ParseOption } = await import('libxml2-wasm');
  if (xml.includes('<!DOCTYPE')) throw new Error('a document type is not allowed');
  let validator = validators.get(message);
  if (validator === undefined) {
    const folder = FOLDERS.find((each) => existsSync(each)) ?? '';
    const schema = Document.fromBuffer(readFileSync(path.join(folder, `${message}.xsd`)));
    validator = Xsd.fromDoc(schema);
    validators.set(message, validator);
  }
  const document = Document.fromBuffer(xml, { option: ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE });
  try {
    validator.validate(document);
    return document;
  } catch (error) {
    document.dispose();
    throw error;
  }
}

/** Checks a message of the bank's own before it leaves. @throws when it is not valid: a fault of the simulator. */
export async function assertValid(message: string, xml: string): Promise<string> {
  (await readValid(message, Buffer.from(xml))).dispose();
  return xml;
}
