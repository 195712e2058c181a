const OLDEST = [20, 19];

/**
 * @param version of Node, e.g. `18.20.4`
 * @returns one sentence that says what to do, or an empty string when the version will do
 */
export function tooOldSentence(version) {
  const [major, minor] = version.split('.').map(Number);
  const young = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  return young ? '' : 'Almoner needs Node.js ' + OLDEST.join('.') + ' or later and this is ' + version + ': install a newer Node.js and start again.';
}
