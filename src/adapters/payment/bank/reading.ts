import { XMLParser } from 'fast-xml-parser';
import { MessageError } from '../../errors';
import { assertValid, type MessageName } from './schemas';

/** An element as the parser gives it: text, or children and attributes by name. */
export type Element = string | { readonly [name: string]: unknown };

/** Nothing is guessed: values stay text, and entities are decoded here (a document type was refused before). */
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  removeNSPrefix: true,
  cdataPropName: '#cdata',
});

/**
 * Validates the bytes of a message against its schema and parses them.
 * @returns the element below `Document`. @throws {MessageError}
 */
export async function readMessage(name: MessageName, body: Buffer): Promise<Element> {
  const xml = utf8(body);
  await assertValid(name, xml);
  const [root] = Object.entries(child(parser.parse(xml) as Element, 'Document') ?? {}).filter(([key]) => /^[A-Za-z]/.test(key));
  if (root === undefined) throw new MessageError('an empty document');
  return root[1] as Element;
}

/** The message that a document claims to be, by its namespace. @throws {MessageError} when it is none of ours. */
export function messageName(body: Buffer): MessageName {
  const name = /urn:iso:std:iso:20022:tech:xsd:([a-z]{4}\.\d{3}\.\d{3}\.\d{2})/.exec(body.toString('utf8'))?.[1];
  if (name === 'pain.002.001.10' || name === 'camt.053.001.08' || name === 'camt.054.001.08') return name;
  throw new MessageError(`not a message of the link: ${name ?? 'no ISO 20022 namespace'}`);
}

/** All elements at a path (`A/B/C`); elements on the way may repeat too. */
export function all(element: Element | undefined, path: string): Element[] {
  return path.split('/').reduce<Element[]>((found, name) => found.flatMap((each) => children(each, name)), element === undefined ? [] : [element]);
}

/** The element at a path, or undefined. @throws {MessageError} when there are several: we would not know which one is meant. */
export function child(element: Element | undefined, path: string): Element | undefined {
  const found = all(element, path);
  if (found.length > 1) throw new MessageError(`${path} is there ${found.length} times`);
  return found[0];
}

/** The text at a path, or undefined. */
export function text(element: Element | undefined, path: string): string | undefined {
  const found = child(element, path);
  return found === undefined ? undefined : textOf(found);
}

/** The text at a path. @throws {MessageError} when it is absent or empty. */
export function mustText(element: Element | undefined, path: string): string {
  const found = text(element, path);
  if (found === undefined || found === '') throw new MessageError(`${path} is missing`);
  return found;
}

/** The element's own text. */
export function textOf(element: Element): string {
  if (typeof element === 'string') return decode(element);
  const { '#text': plain = '', '#cdata': cdata } = element;
  if (cdata === undefined) return decode(String(plain));
  if (plain !== '') throw new MessageError('text and CDATA in one element');
  return [cdata].flat().join('');
}

function children(element: Element, name: string): Element[] {
  if (typeof element === 'string') return [];
  const found = element[name];
  return found === undefined ? [] : ([found].flat() as Element[]);
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decode(raw: string): string {
  return raw.replace(/&([^;&]*);?/g, (whole, entity: string) => {
    const numeric = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(entity);
    if (numeric !== null) return String.fromCodePoint(numeric[1] === undefined ? Number(numeric[2]) : Number.parseInt(numeric[1], 16));
    const named = NAMED[entity];
    if (named === undefined) throw new MessageError(`entity ${whole.slice(0, 20)}`);
    return named;
  });
}

function utf8(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (cause) {
    throw new MessageError('not UTF-8', { cause });
  }
}
