// `npm run bench -- FIGURE [--json]`: builds what changed, then measures on engines of its own (bench/RESULTS.md).
import { tooOldSentence } from './lib/nodeVersion.mjs';

const sentence = tooOldSentence(process.versions.node);
if (sentence) {
  console.error(sentence);
  process.exit(1);
}
import('./lib/prepared.mjs').then((prepared) => prepared.runBench());
