#!/usr/bin/env node
// The `almoner` command. This file and nodeVersion.mjs keep to syntax that Node 12 parses, so that an old Node gets a sentence
// and not a syntax error; everything newer is imported after the check.
import { tooOldSentence } from './lib/nodeVersion.mjs';

const sentence = tooOldSentence(process.versions.node);
if (sentence) {
  console.error(sentence);
  process.exit(1);
}
import('./lib/prepared.mjs').then((prepared) => prepared.runCommandLine());
