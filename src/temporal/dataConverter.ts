import type { DataConverter } from '@temporalio/common';
import type { KeyRing } from '../security/keyRing';
import { payloadCodec } from './payloadCodec';

/** Of the module that the workflow bundle carries too. */
export const failureConverterPath = require.resolve('./failureConverter');

/** @returns what every client and every worker of the house speaks with Temporal by. */
export function dataConverter(payloadKeys: KeyRing): DataConverter {
  return { payloadCodecs: [payloadCodec(payloadKeys)], failureConverterPath };
}
