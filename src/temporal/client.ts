import { Client, type ClientInterceptors, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { KeyRing } from '../security/keyRing';
import { dataConverter } from './dataConverter';

/** @returns a client by the SDK's standard `TEMPORAL_*` settings. Lazy: the API starts before Temporal, and answers reads without it. @param payloadKeys what Temporal keeps is sealed under them. */
export function openTemporal(payloadKeys: KeyRing, interceptors: ClientInterceptors = {}): Client {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  return new Client({
    connection: Connection.lazy(connectionOptions),
    namespace: namespace ?? 'default',
    dataConverter: dataConverter(payloadKeys),
    interceptors,
  });
}
