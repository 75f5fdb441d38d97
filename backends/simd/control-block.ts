/**
 * Where the threads meet: a block at a fixed address of the memory, each counter on a cache line of its own.
 *
 * The sources compile both as TypeScript and as AssemblyScript; all numbers are byte addresses.
 */

/** what the job does, see `job-kinds.ts` */
export const KIND = 1024;
/** the parameters of the job, 63 slots of 32 bits; what each job has in which is declared in `slots/` */
export const PARAMETERS = 1028;
/** the first slot of those that hold floats; those before it hold integers and addresses */
export const FIRST_FLOAT = 47;
/** the next work item of the job */
export const COUNTER = 1280;
/** bit 30: a job is open; below it, the number of workers inside the job */
export const GATE = 1344;
/** that bit */
export const GATE_OPEN = 0x40000000;
/** counts the jobs; workers sleep on it */
export const GENERATION = 1408;
/** workers asleep */
export const SLEEPERS = 1472;
/** jobs a worker dropped because of an error */
export const FAILURES = 1536;
/** the number of the team that may work; workers of earlier teams leave */
export const TEAM = 1600;
/** 1: the main thread may sleep; in a browser's window it may only spin */
export const MAY_WAIT = 1664;
/** workers that are up: ready for a job, or in one */
export const READY = 1728;
/** 64 bytes that stay zero */
export const ZEROS = 1792;
/** where values go that were read only to bring them near */
export const TOUCHED = 1920;
/** the first byte the allocator may use */
export const HEAP = 65536;
