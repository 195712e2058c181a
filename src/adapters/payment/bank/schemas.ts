import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { XsdValidator } from 'libxml2-wasm' with { 'resolution-mode': 'import' };
import { MessageError } from '../../errors';

export type MessageName = 'pain.001.001.09' | 'pain.002.001.10' | 'camt.053.001.08' | 'camt.054.001.08' | 'camt.056.001.09' | 'camt.029.001.10';

/** The compiler does not copy schemas: a built program finds them in the sources. */
const FOLDER =
  [path.join(__dirname, 'xsd'), path.join(__dirname, '../../../../src/adapters/payment/bank/xsd')].find((each) => existsSync(each)) ?? 'xsd';

const compiled = new Map<MessageName, Promise<XsdValidator>>();

/**
 * Validates a message against the official schema, compiled once per process. A document type is refused before anything is
 * parsed, so no entity is ever defined or loaded.
 * @throws {MessageError} not UTF-8, not well-formed, or not valid.
 */
export async function assertValid(name: MessageName, xml: string): Promise<void> {
  if (/<!DOCTYPE/i.test(xml)) throw new MessageError('a document type is not allowed');
  const { XmlDocument, ParseOption } = await import('libxml2-wasm');
  const validator = await schema(name);
  let document: InstanceType<typeof XmlDocument> | undefined;
  try {
    document = XmlDocument.fromString(xml, { option: ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE });
    validator.validate(document);
  } catch (cause) {
    throw new MessageError(`not a valid ${name}: ${cause instanceof Error ? cause.message.trim() : String(cause)}`, { cause });
  } finally {
    document?.dispose();
  }
}

function schema(name: MessageName): Promise<XsdValidator> {
  let validator = compiled.get(name);
  if (validator === undefined) {
    validator = compile(name);
    compiled.set(name, validator);
  }
  return validator;
}

async function compile(name: MessageName): Promise<XsdValidator> {
  const { XmlDocument, XsdValidator: Xsd } = await import('libxml2-wasm');
  const document = XmlDocument.fromString(readFileSync(path.join(FOLDER, `${name}.xsd`), 'utf8'));
  try {
    return Xsd.fromDoc(document);
  } finally {
    document.dispose();
  }
}
