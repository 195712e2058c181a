export { campaign } from './campaign';
export { complaint } from './complaint';
export { payoutBatch } from './payoutBatch';
export { reconciliation } from './reconciliation';
export { refund } from './refund';
export { release } from './release';
export { supervision } from './supervision';
export { transfer } from './transfer';
