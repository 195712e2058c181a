const { default: Sequencer } = require('@jest/test-sequencer');

/** What takes minutes begins at once, so that the last minutes of a run are not one file alone. */
const LONG = [/test\/simulation\/seeds/, /test\/system\//, /test\/faults\//, /test\/crashes\//, /test\/upgrade\//];
const rank = ({ path }) => {
  const found = LONG.findIndex((each) => each.test(path));
  return found < 0 ? LONG.length : found;
};

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    return [...super.sort(tests)].sort((a, b) => rank(a) - rank(b));
  }
};
