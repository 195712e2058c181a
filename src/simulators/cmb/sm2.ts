import { createHash, randomBytes } from 'node:crypto';

/** The recommended curve of GM/T 0003.5: y² = x³ − 3x + b over p, with base point G of order n. */
const P = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn;
const A = P - 3n;
const B = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n;
const N = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
const G: Point = {
  x: 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  y: 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
};

interface Point {
  readonly x: bigint;
  readonly y: bigint;
}
/** A point as X/Z², Y/Z³; Z = 0 is the point at infinity. */
type Jacobian = readonly [bigint, bigint, bigint];
const INFINITY: Jacobian = [1n, 1n, 0n];

const mod = (value: bigint, by: bigint): bigint => ((value % by) + by) % by;

function inverse(value: bigint, by: bigint): bigint {
  let [r0, r1, s0, s1] = [by, mod(value, by), 0n, 1n];
  while (r1 !== 0n) {
    const q = r0 / r1;
    [r0, r1, s0, s1] = [r1, r0 - q * r1, s1, s0 - q * s1];
  }
  return mod(s0, by);
}

function twice([x, y, z]: Jacobian): Jacobian {
  if (z === 0n || y === 0n) return INFINITY;
  const [yy, zz] = [(y * y) % P, (z * z) % P];
  const s = (4n * x * yy) % P;
  const m = mod(3n * (x - zz) * (x + zz), P);
  const nextX = mod(m * m - 2n * s, P);
  return [nextX, mod(m * (s - nextX) - 8n * yy * yy, P), (2n * y * z) % P];
}

function plus(p: Jacobian, q: Jacobian): Jacobian {
  if (p[2] === 0n) return q;
  if (q[2] === 0n) return p;
  const [pz, qz] = [(p[2] * p[2]) % P, (q[2] * q[2]) % P];
  const [u1, u2] = [(p[0] * qz) % P, (q[0] * pz) % P];
  const [s1, s2] = [(p[1] * qz * q[2]) % P, (q[1] * pz * p[2]) % P];
  if (u1 === u2) return s1 === s2 ? twice(p) : INFINITY;
  const [h, r] = [mod(u2 - u1, P), mod(s2 - s1, P)];
  const hh = (h * h) % P;
  const [hhh, v] = [(h * hh) % P, (u1 * hh) % P];
  const x = mod(r * r - hhh - 2n * v, P);
  return [x, mod(r * (v - x) - s1 * hhh, P), (p[2] * q[2] * h) % P];
}

function times(k: bigint, point: Point): Jacobian {
  let sum = INFINITY;
  for (const bit of k.toString(2)) {
    sum = twice(sum);
    if (bit === '1') sum = plus(sum, [point.x, point.y, 1n]);
  }
  return sum;
}

function affine([x, y, z]: Jacobian): Point {
  const over = inverse(z, P);
  const square = (over * over) % P;
  return { x: (x * square) % P, y: (y * square * over) % P };
}

const hex = (value: bigint): string => value.toString(16).padStart(64, '0');
const number = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`);
const sm3 = (...parts: Buffer[]): Buffer => createHash('sm3').update(Buffer.concat(parts)).digest();

/** @throws when it is no point of the curve. */
function readPoint(publicKeyHex: string): Point {
  if (!/^04[0-9a-f]{128}$/i.test(publicKeyHex)) throw new Error('an SM2 public key is 04 and 128 hexadecimal digits');
  const point = { x: BigInt(`0x${publicKeyHex.slice(2, 66)}`), y: BigInt(`0x${publicKeyHex.slice(66)}`) };
  if (mod(point.y * point.y - (point.x ** 3n + A * point.x + B), P) !== 0n) throw new Error('no point of the curve');
  return point;
}

/** e = SM3(Z ‖ M), where Z binds the signer's id, the curve and the key. */
function digest(message: Buffer, id: string, key: Point): bigint {
  const bits = Buffer.alloc(2);
  bits.writeUInt16BE(Buffer.byteLength(id) * 8);
  const curve = Buffer.from([A, B, G.x, G.y, key.x, key.y].map(hex).join(''), 'hex');
  return number(sm3(sm3(bits, Buffer.from(id), curve), message));
}

/** A fresh pair, hexadecimal: 64 digits, and 04 with 128. */
export function makePair(privateKey = mod(number(randomBytes(40)), N - 2n) + 1n): { privateKey: string; publicKey: string } {
  const { x, y } = affine(times(privateKey, G));
  return { privateKey: hex(privateKey), publicKey: `04${hex(x)}${hex(y)}` };
}

/** Signs as GM/T 0003.2 says. @param k only for the standard's own example. @returns r‖s, 64 bytes. */
export function sign(message: Buffer, id: string, privateKeyHex: string, k = mod(number(randomBytes(40)), N - 1n) + 1n): Buffer {
  const d = BigInt(`0x${privateKeyHex}`);
  const e = digest(message, id, readPoint(makePair(d).publicKey));
  const r = mod(e + affine(times(k, G)).x, N);
  const s = mod(inverse(1n + d, N) * (k - r * d), N);
  if (r === 0n || r + k === N || s === 0n) return sign(message, id, privateKeyHex);
  return Buffer.from(hex(r) + hex(s), 'hex');
}

/** @returns whether r‖s is the signature of this key, under this id. */
export function verifies(message: Buffer, signature: Buffer, id: string, publicKeyHex: string): boolean {
  if (signature.length !== 64) return false;
  const [r, s] = [number(signature.subarray(0, 32)), number(signature.subarray(32))];
  const t = mod(r + s, N);
  if (r < 1n || r >= N || s < 1n || s >= N || t === 0n) return false;
  const key = readPoint(publicKeyHex);
  const { x } = affine(plus(times(s, G), times(t, key)));
  return mod(digest(message, id, key) + x, N) === r;
}
