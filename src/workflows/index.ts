export { campaign } from './campaign';
export { release } from './release';
export { transfer } from './transfer';
