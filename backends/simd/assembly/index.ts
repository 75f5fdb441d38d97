export { abandon, close, dissolve, open, workAlone, workAlong, workerLoop } from './team';
export { probe } from './probe';
