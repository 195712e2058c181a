// `npm run build`: installs what is missing, then builds what changed. Says so when there was nothing to do.
import { tooOldSentence } from './lib/nodeVersion.mjs';

const sentence = tooOldSentence(process.versions.node);
if (sentence) {
  console.error(sentence);
  process.exit(1);
}
import('./lib/prepared.mjs').then((prepared) => prepared.buildOnly());
