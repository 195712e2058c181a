// `npm test [-- jest's arguments]`: the same set-up as a start, then Jest, which brings its own engines.
import { tooOldSentence } from './lib/nodeVersion.mjs';

const sentence = tooOldSentence(process.versions.node);
if (sentence) {
  console.error(sentence);
  process.exit(1);
}
import('./lib/prepared.mjs').then((prepared) => prepared.runTests(process.argv.slice(2)));
