/** A JSON schema, as the OpenAPI document writes it. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly anyOf?: readonly Schema[];
}

/** One thing wrong with a body that is right otherwise. */
export interface Fault {
  readonly what: string;
  /** The field that is to be named. */
  readonly pointer: string;
  readonly body: unknown;
  /** Whether what stands around the field is there; else other fields beside it are missing, too. */
  readonly alone: boolean;
}

type Path = readonly (string | number)[];
const ABSENT = Symbol('absent');

const LONG = 'x'.repeat(20_001);
const AMOUNTS = ['-1', '1e3', '01', '１００', '1'.repeat(16), '1.5', ' 1'];
const TIMES = ['2021-01-01', '2021-01-01T00:00:00', '2021-02-30T00:00:00Z', '1021-01-01T00:00:00Z'];
const DATES = ['2021-02-30', '21-1-1', '2021-01-01T00:00:00Z', '1021-01-01'];

/** @returns everything that is wrong for a text of a field, each with its name. A field that takes the empty text is left alone with it. */
export function badTexts(name: string, schema: Schema): [string, string][] {
  // What is only held against a hash may hold any characters.
  const malformed = /^(password|newPassword|stepUp)$/.test(name)
    ? []
    : schema.enum || schema.format
      ? ['no-such', '!?']
      : schema.pattern && !new RegExp(schema.pattern).test('!?')
        ? ['!?']
        : ['a\u0000b'];
  const amounts = /Fen$/.test(name) ? [...AMOUNTS, ...(/^(serviceCap|debt|raised)Fen$/.test(name) ? [] : ['0'])] : [];
  const times = schema.format === 'date-time' ? TIMES : schema.format === 'date' ? DATES : [];
  return [['empty', ''], ['too long', LONG], ...[...malformed, ...amounts, ...times].map((text): [string, string] => [`"${text}"`, text])];
}

/** @returns every fault of every field of a schema, put into a body that the route takes. */
export function faultsOf(schema: Schema, body: unknown): Fault[] {
  return [...at([], '', schema, true)];

  function* at(path: Path, name: string, node: Schema, required: boolean): Generator<Fault> {
    const fault = (what: string, value: unknown, pointer: Path = path): Fault => ({
      what,
      pointer: `/${pointer.join('/')}`,
      body: put(body, path, value),
      alone: path.length === 0 || valueAt(body, path.slice(0, -1)) !== undefined,
    });
    const types = node.anyOf ? node.anyOf.map((one) => one.type).flat() : [node.type].flat();
    if (path.length > 0) {
      if (required) yield fault('missing', ABSENT);
      if (!types.includes('null')) yield fault('null', null);
    }
    const schemaOf = node.anyOf?.find((one) => one.type !== 'null') ?? node;
    if (types.includes('object')) {
      yield fault('a list', []);
      yield fault('a text', 'x');
      const inside = Object.entries(schemaOf.properties ?? {});
      if (schemaOf.additionalProperties === false) {
        yield {
          ...fault('an unknown field', { ...(valueAt(body, path) as object), unheardOf: 1 }, [...path, 'unheardOf']),
          alone: valueAt(body, path) !== undefined,
        };
        for (const [key, child] of inside) yield* at([...path, key], key, child, schemaOf.required?.includes(key) ?? false);
      } else yield fault('a wrong value', { key: {} }, [...path, 'key']);
    } else if (types.includes('array')) {
      yield fault('an object', {});
      if (schemaOf.minItems) yield fault('empty', []);
      const one = valueAt(body, [...path, 0]);
      if (schemaOf.maxItems && one !== undefined)
        yield fault(
          'too many',
          Array.from({ length: schemaOf.maxItems + 1 }, () => one),
        );
      if (schemaOf.items) yield* at([...path, 0], name, schemaOf.items, false);
    } else if (types.includes('string')) {
      yield fault('a number', 1);
      yield fault('an object', {});
      for (const [what, text] of badTexts(name, schemaOf)) yield fault(what, text);
    } else if (types.includes('integer') || types.includes('number')) {
      for (const value of ['1', -1, 1.5, 1e15, 2 ** 53]) yield fault(JSON.stringify(value), value);
    } else if (types.includes('boolean')) for (const value of ['true', 1]) yield fault(JSON.stringify(value), value);
    else throw new Error(`${path.join('/')}: a schema that nothing here knows: ${JSON.stringify(node)}`);
  }
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inside, step) => (inside as Record<string | number, unknown> | undefined)?.[step], value);
}

/** @returns a copy with a value put in, or taken out; what is not there on the way to it is made. */
function put(value: unknown, [step, ...rest]: Path, leaf: unknown): unknown {
  if (step === undefined) return leaf;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : typeof step === 'number' ? [] : { ...(value as object) }) as Record<
    string | number,
    unknown
  >;
  if (rest.length === 0 && leaf === ABSENT) delete copy[step];
  else copy[step] = put(copy[step], rest, leaf);
  return copy;
}
