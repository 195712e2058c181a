/** The identity port: does this name belong to this citizen number, this phone, this card? Only `mismatch` refuses; the last two go to a person. */
export type IdentityVerdict = 'match' | 'mismatch' | 'no-record' | 'unavailable';

/** No method throws for an outcome of the wire: that is `unavailable`. Calls are billed and not idempotent: the caller keeps verdicts. */
export interface IdentityService {
  /** 2-element check: name and citizen number. */
  checkTwoElements(name: string, idNumber: string): Promise<IdentityVerdict>;
  /** 3-element check: name, citizen number and the mobile phone registered to them. @param phone 11 digits. */
  checkThreeElements(name: string, idNumber: string, phone: string): Promise<IdentityVerdict>;
  /** 4-element check: name, citizen number, bank card and the phone that the bank knows. @param card 16 to 19 digits. @param phone 11 digits. */
  checkFourElements(name: string, idNumber: string, card: string, phone: string): Promise<IdentityVerdict>;
}
