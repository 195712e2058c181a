/**
 * Runs a step and tells of it on standard error: standard output belongs to the command that follows and may be JSON.
 * @param name what a person reads
 * @param work the step
 */
export async function step(name, work) {
  const began = Date.now();
  process.stderr.write(`  ${name} …\n`);
  const result = await work();
  process.stderr.write(`✓ ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)\n`);
  return result;
}
