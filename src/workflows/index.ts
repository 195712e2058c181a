export { campaign } from './campaign';
export { complaint } from './complaint';
export { refund } from './refund';
export { release } from './release';
export { transfer } from './transfer';
