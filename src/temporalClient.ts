import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';

/** @returns a client by the SDK's standard `TEMPORAL_*` settings. Lazy: the API starts before Temporal, and answers reads without it. */
export function openTemporal(): Client {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  return new Client({ connection: Connection.lazy(connectionOptions), namespace: namespace ?? 'default' });
}
