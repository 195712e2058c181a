/** A failure whose message is already the sentence for the person. */
export class Failure extends Error {}

const DISK = [
  [/ENOSPC|no space left/i, 'The disk is full: free at least 2 GB and start again.'],
  [/EACCES|EROFS/, 'This folder cannot be written: give yourself write access to the checkout and start again.'],
];
const NETWORK = [
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT/,
    'npm could not fetch the dependencies because the network does not answer: connect it, or set the registry or proxy of npm, and start again.',
  ],
];

/**
 * @param output what a tool printed, or an error's code and message
 * @returns the sentence for a full or closed disk, else undefined
 */
export function diskSentence(output) {
  return DISK.find(([pattern]) => pattern.test(output))?.[1];
}

/** @returns the sentence for what npm printed when disk or network failed it, else undefined. */
export function npmSentence(output) {
  return diskSentence(output) ?? NETWORK.find(([pattern]) => pattern.test(output))?.[1];
}

/** @returns one sentence for any error of preparation. */
export function sentenceOf(error) {
  if (error instanceof Failure) return error.message;
  return diskSentence(`${error.code} ${error.message}`) ?? `Preparing failed unexpectedly, please report it: ${error.stack}`;
}
