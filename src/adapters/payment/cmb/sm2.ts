import { createECDH, createHash, createPublicKey, randomBytes } from 'node:crypto';

/** The recommended curve of GM/T 0003.5: y² = x³ − 3x + b over p, base point G, order n. */
const P = 2n ** 256n - 2n ** 224n - 2n ** 96n + 2n ** 64n - 1n;
const N = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
const CURVE = {
  a: 'fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc',
  b: '28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93',
  gx: '32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7',
  gy: 'bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0',
};

const hex = (value: bigint): string => value.toString(16).padStart(64, '0');
const read = (digits: string): bigint => BigInt(`0x${digits}`);
const residue = (value: bigint, modulus: bigint): bigint => {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
};

/** Fermat's way, for a prime modulus. */
function inverse(value: bigint, prime: bigint): bigint {
  let [result, base] = [1n, residue(value, prime)];
  for (let exponent = prime - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % prime;
    base = (base * base) % prime;
  }
  return result;
}

/** k·G by the system's library, which does not tell k by the time it takes. @returns 04 and the coordinates, hexadecimal. @throws when k is not 1…n−1. */
function timesBase(k: string): string {
  const point = createECDH('SM2');
  point.setPrivateKey(k, 'hex');
  return point.getPublicKey('hex');
}

/** The public key of a private one, hexadecimal. @throws when it is none. */
export const publicKeyOf = (privateKeyHex: string): string => timesBase(privateKeyHex);

/** @throws when the digits (04…) are no point of the curve. */
export function mustBePublicKey(publicKeyHex: string): void {
  const header = Buffer.from('3059301306072a8648ce3d020106082a811ccf5501822d034200', 'hex');
  createPublicKey({ key: Buffer.concat([header, Buffer.from(publicKeyHex, 'hex')]), format: 'der', type: 'spki' });
}

/** e: SM3 of Z and the message, where Z binds the signer's id, the curve and the key. */
function digest(message: string, id: string, publicKeyHex: string): bigint {
  const length = Buffer.from([(Buffer.byteLength(id) * 8) >> 8, (Buffer.byteLength(id) * 8) & 0xff]);
  const rest = Buffer.from(CURVE.a + CURVE.b + CURVE.gx + CURVE.gy + publicKeyHex.slice(2), 'hex');
  const z = createHash('sm3').update(length).update(id).update(rest).digest();
  return read(createHash('sm3').update(z).update(message).digest('hex'));
}

/**
 * SM2 with SM3 (GM/T 0003.2).
 * @param id the signer's id. @param k hexadecimal; only the standard's example gives one, every other signature takes its own from the system's randomness. @returns r‖s, 64 bytes.
 */
export function sm2Sign(
  message: string,
  privateKeyHex: string,
  id: string,
  k = hex((read(randomBytes(40).toString('hex')) % (N - 1n)) + 1n),
): Buffer {
  const d = read(privateKeyHex);
  const r = (digest(message, id, publicKeyOf(privateKeyHex)) + read(timesBase(k).slice(2, 66))) % N;
  const s = residue(inverse(1n + d, N) * (read(k) - r * d), N);
  // One chance in 2²⁵⁵: such a k is not used.
  if (r === 0n || r + read(k) === N || s === 0n) return sm2Sign(message, privateKeyHex, id);
  return Buffer.from(hex(r) + hex(s), 'hex');
}

/** @returns whether r‖s is this key's signature of the message under the signer's id; false for what is no signature at all. */
export function sm2Verifies(message: string, signature: Buffer, publicKeyHex: string, id: string): boolean {
  if (signature.length !== 64) return false;
  const [r, s] = [read(signature.toString('hex', 0, 32)), read(signature.toString('hex', 32))];
  const t = (r + s) % N;
  if (r === 0n || r >= N || s === 0n || s >= N || t === 0n) return false;
  const key: Point = [read(publicKeyHex.slice(2, 66)), read(publicKeyHex.slice(66)), 1n];
  const [x, , z] = twoTimes(s, [read(CURVE.gx), read(CURVE.gy), 1n], t, key);
  return z !== 0n && (digest(message, id, publicKeyHex) + ((x * inverse(z * z, P)) % P)) % N === r;
}

/** x/z², y/z³; the point at infinity has z 0. Only what everybody may know is reckoned in it. */
type Point = readonly [x: bigint, y: bigint, z: bigint];

/** i·p + j·q in one pass over the bits of both. */
function twoTimes(i: bigint, p: Point, j: bigint, q: Point): Point {
  const both = add(p, q);
  let sum: Point = [0n, 1n, 0n];
  for (let bit = 255n; bit >= 0n; bit -= 1n) {
    sum = double(sum);
    const [ofI, ofJ] = [(i >> bit) & 1n, (j >> bit) & 1n];
    if (ofI || ofJ) sum = add(sum, ofI && ofJ ? both : ofI ? p : q);
  }
  return sum;
}

/** Doubling for a = −3 (dbl-2001-b). */
function double([x, y, z]: Point): Point {
  const delta = (z * z) % P;
  const gamma = (y * y) % P;
  const beta = (x * gamma) % P;
  const alpha = (3n * (x - delta) * (x + delta)) % P;
  const nextX = residue(alpha * alpha - 8n * beta, P);
  return [nextX, residue(alpha * (4n * beta - nextX) - 8n * gamma * gamma, P), residue(2n * y * z, P)];
}

/** Addition (add-1998-cmo-2). */
function add(p: Point, q: Point): Point {
  if (p[2] === 0n) return q;
  if (q[2] === 0n) return p;
  const [pp, qq] = [p[2] * p[2], q[2] * q[2]];
  const u = residue(p[0] * qq, P);
  const v = residue(p[1] * qq * q[2], P);
  const h = residue(q[0] * pp - u, P);
  const r = residue(q[1] * pp * p[2] - v, P);
  if (h === 0n) return r === 0n ? double(p) : [0n, 1n, 0n];
  const hh = (h * h) % P;
  const hhh = (h * hh) % P;
  const x = residue(r * r - hhh - 2n * u * hh, P);
  return [x, residue(r * (u * hh - x) - v * hhh, P), residue(p[2] * q[2] * h, P)];
}
