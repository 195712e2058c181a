import { Socket } from 'node:net';

/**
 * The official SDK. Its HTTP client replaces the `destroy` of every socket of the process when it is loaded, and Jest gives Node's own modules to all suites of
 * a worker: what it replaced is put back, so that no later suite meets it.
 */
const { destroy } = Socket.prototype;
const { AlipaySdk } = require('alipay-sdk');
Socket.prototype.destroy = destroy;

export { AlipaySdk };
