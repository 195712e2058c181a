/** A message whose authenticity does not hold. It has no effect and is answered 401. */
export class SignatureError extends Error {
  override readonly name = 'SignatureError';
}

/** An authentic message that is not what it claims to be. It is kept as an exception for a person; nothing is posted. */
export class MessageError extends Error {
  override readonly name = 'MessageError';
}

/** Nothing is known: no answer, or none that can be trusted. Asking again later is right. */
export class WireError extends Error {
  override readonly name = 'WireError';
}
