import { DefaultFailureConverter } from '@temporalio/common';

/** Messages and stacks of failures travel as a payload, so that the codec seals them too. Bundled with the workflows: it may use nothing of Node. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
