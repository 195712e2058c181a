import { canonicalRequest, tc3Authorization, type Tc3Request } from '../../../../src/adapters/verification/tencent/tc3';
import { vectors } from '../../support';

const vector = vectors('tc3.json');

type Inputs = Record<'secretId' | 'secretKey' | 'service' | 'host' | 'action' | 'payload' | 'signedHeaders', string> & { readonly timestamp: number };

test.each(['tc3-content-type-host', 'tc3-content-type-host-action'])('%s: the documented signature', (name) => {
  const { inputs, expected } = vector<Inputs>(name);
  const request: Tc3Request = {
    secretId: inputs.secretId,
    secretKey: inputs.secretKey,
    service: inputs.service,
    host: inputs.host,
    action: inputs.action,
    timestampSec: inputs.timestamp,
    payload: inputs.payload,
    signAction: inputs.signedHeaders.includes('x-tc-action'),
  };
  expect(canonicalRequest(request).canonical).toBe(expected.canonicalRequest);
  expect(tc3Authorization(request)).toMatch(new RegExp(`SignedHeaders=${inputs.signedHeaders}, Signature=${expected.signature}$`));
  if (expected.authorization !== undefined) expect(tc3Authorization(request)).toBe(expected.authorization);
});
