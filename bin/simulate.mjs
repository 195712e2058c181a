// `npm run simulate -- --from S --seeds N [--plant BUG] [--json]`: runs the seeded simulation on a copy of the sources (docs/simulation.md).
import { tooOldSentence } from './lib/nodeVersion.mjs';

const sentence = tooOldSentence(process.versions.node);
if (sentence) {
  console.error(sentence);
  process.exit(1);
}
import('./lib/prepared.mjs').then((prepared) => prepared.runSimulation(process.argv.slice(2)));
