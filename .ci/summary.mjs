/**
 * `node .ci/summary.mjs RESULTS CODE`: prints "N passed, N failed" from Jest's result file, and exits 1 unless all is well.
 * What was not run counts as failed: skipped and to-do tests, and files that could not be loaded.
 */
import { readFileSync } from 'node:fs';

const [file, code] = process.argv.slice(2);
let results = {};
try {
  results = JSON.parse(readFileSync(file, 'utf8'));
} catch (error) {
  console.error(`no test results: ${error.message}`);
}

const passed = results.numPassedTests ?? 0;
const notRun = (results.numPendingTests ?? 0) + (results.numTodoTests ?? 0);
const broken = results.numRuntimeErrorTestSuites ?? 0;
if (notRun > 0) console.error(`${notRun} tests were skipped or left to do, which counts as failed`);
let failed = (results.numFailedTests ?? 0) + notRun + broken;
if (failed === 0 && (code !== '0' || passed === 0)) failed = 1;

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
