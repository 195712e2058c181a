import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020';
import { checkoutRoot } from '../../paths';
import type { CaseFile } from './caseFile';

/** One thing wrong with a case file. `pointer` is a JSON pointer (RFC 6901); the empty string is the whole document. */
export type Fault = { pointer: string; message: string };

/** A file that is not a valid case, with every fault found. */
export class InvalidCase extends Error {
  override readonly name = 'InvalidCase';

  constructor(readonly faults: readonly Fault[]) {
    super(faults.map((fault) => `${fault.pointer || '(whole file)'}: ${fault.message}`).join('\n'));
  }
}

let compiled: ValidateFunction | undefined;

function schemaCheck(): ValidateFunction {
  const file = path.join(checkoutRoot(), 'cases', 'case.schema.json');
  compiled ??= new Ajv2020({ allErrors: true, strict: false }).compile(JSON.parse(readFileSync(file, 'utf8')));
  return compiled;
}

const escaped = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1');

function fault(error: ErrorObject): Fault {
  const { instancePath, keyword, params } = error;
  if (keyword === 'required') return { pointer: `${instancePath}/${escaped(params.missingProperty)}`, message: 'is missing' };
  if (keyword === 'additionalProperties') {
    return { pointer: `${instancePath}/${escaped(params.additionalProperty)}`, message: 'is no field of a case' };
  }
  if (keyword === 'enum') return { pointer: instancePath, message: `must be one of: ${params.allowedValues.join(', ')}` };
  if (keyword === 'oneOf') return { pointer: instancePath, message: 'has none of the forms that are allowed here' };
  return { pointer: instancePath, message: error.message ?? keyword };
}

/** `if` and the branches of `oneOf` repeat what another error of the same place says better. */
function schemaFaults(value: unknown): Fault[] {
  const check = schemaCheck();
  if (check(value)) return [];
  const errors = check.errors ?? [];
  const forms = new Set(errors.filter(({ keyword }) => keyword === 'oneOf').map(({ instancePath }) => instancePath));
  const deeper = (at: string) => errors.some((error) => error.instancePath.startsWith(`${at}/`));
  return errors
    .filter(({ keyword, instancePath }) => {
      if (keyword === 'oneOf') return !deeper(instancePath);
      return keyword !== 'if' && !forms.has(instancePath);
    })
    .map(fault);
}

/** What a schema cannot say: sums. Source: cases/README.md, "More that a story needs". */
function arithmeticFaults({ release, donations }: CaseFile): Fault[] {
  const faults: Fault[] = [];
  const sum = release?.batches?.reduce((total, basisPoints) => total + basisPoints, 0);
  if (sum !== undefined && sum !== 10_000) faults.push({ pointer: '/release/batches', message: `must sum to 10000 basis points, sum is ${sum}` });
  const totalFen = BigInt(donations.total_fen);
  if (BigInt(donations.count) > totalFen) {
    faults.push({ pointer: '/donations/count', message: `${donations.count} gifts of at least one fen cannot sum to ${totalFen} fen` });
  }
  if (donations.count === 0 && totalFen > 0n) faults.push({ pointer: '/donations/total_fen', message: `no gifts cannot sum to ${totalFen} fen` });
  return faults;
}

/**
 * @param value what the file's JSON holds
 * @returns the same value as a case
 * @throws {InvalidCase} with every fault, each under its JSON pointer
 */
export function validCase(value: unknown): CaseFile {
  const faults = schemaFaults(value);
  if (faults.length > 0) throw new InvalidCase(faults);
  const theCase = value as CaseFile;
  const sums = arithmeticFaults(theCase);
  if (sums.length > 0) throw new InvalidCase(sums);
  return theCase;
}

/**
 * @param file path of a case file
 * @returns the case in it
 * @throws {InvalidCase} when it cannot be read, is no JSON, or is no valid case
 */
export function readCase(file: string): CaseFile {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new InvalidCase([{ pointer: '', message: (error as Error).message }]);
  }
  return validCase(value);
}
