export { abandon, close, dissolve, open, workAlone, workAlong, workerLoop } from './team';
export { dotSum, probe } from './probe';
