/** The identity port: does this name belong to this citizen number? Only `mismatch` refuses; the last two go to a person. */
export type IdentityVerdict = 'match' | 'mismatch' | 'no-record' | 'unavailable';

export interface IdentityService {
  /** 2-element check: name and citizen number. Never throws for an outcome of the wire: that is `unavailable`. */
  checkTwoElements(name: string, idNumber: string): Promise<IdentityVerdict>;
}
