// `npm run faults -- --count N --seed S [--json]`: builds what changed, then breaks a system of its own N times (docs/faults.md).
import { tooOldSentence } from './lib/nodeVersion.mjs';

const sentence = tooOldSentence(process.versions.node);
if (sentence) {
  console.error(sentence);
  process.exit(1);
}
import('./lib/prepared.mjs').then((prepared) => prepared.runFaults());
