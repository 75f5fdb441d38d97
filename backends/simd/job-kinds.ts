/**
 * What a job does. The sources compile both as TypeScript and as AssemblyScript.
 *
 * A job is a kind and its parameters, written into the control block by the main thread: `slots/` declares them.
 */
export const PACK_WEIGHT = 1;
export const UNPACK_WEIGHT = 2;
export const PACK_MATRIX = 3;
export const LINEAR = 4;
export const PACK_HEADS = 5;
export const ATTEND = 6;
export const LAYER_NORM = 7;
export const SOFTMAX = 8;
export const UNARY = 9;
export const BINARY = 10;
export const SILU_GATE = 11;
export const REDUCE = 12;
export const COPY = 13;
export const PACK_INT8 = 14;
export const QUANTISE_ROWS = 15;
export const LINEAR_INT8 = 16;
export const ATTEND_BACKWARD = 17;
export const LAYER_NORM_BACKWARD = 18;
export const SILU_GATE_BACKWARD = 19;
export const TRANSPOSE_PANELS = 20;
export const ADAMW = 21;
export const SGD = 22;
/** No work at all: what it costs to hand out a job. */
export const NOTHING = 23;

/** Axes that BINARY and COPY walk, neighbours that lie alike joined to one. */
export const AXES = 6;

/** What LINEAR does after the product and the bias. */
export const EPILOGUE_NONE = 0;
export const EPILOGUE_GELU = 1;
export const EPILOGUE_RESIDUAL = 2;

/** How a weight's values are stored. */
export const FORMAT_F32 = 0;
export const FORMAT_F16 = 1;
export const FORMAT_BF16 = 2;
export const FORMAT_I8 = 3;

/** What QUANTISE_ROWS adds to integers of 14 bits that it splits, so that none is negative. */
export const SPLIT_OFFSET = 8192;

/** Operations of UNARY. */
export const OP_GELU = 0;
export const OP_ERF = 1;
export const OP_EXP = 2;
export const OP_SIGMOID = 3;
export const OP_RELU = 4;
export const OP_NEG = 5;
export const OP_ABS = 6;
export const OP_SQRT = 7;
export const OP_SQUARE = 8;
export const OP_RECIPROCAL = 9;
export const OP_RSQRT = 10;

/** Operations of BINARY. */
export const OP_ADD = 0;
export const OP_SUB = 1;
export const OP_MUL = 2;
export const OP_DIV = 3;
export const OP_MAX = 4;
export const OP_MIN = 5;
/** b times the derivative of GELU at a. */
export const OP_GELU_BACKWARD = 6;

/** Operations of REDUCE. */
export const REDUCE_SUM = 0;
export const REDUCE_MAX = 1;
export const REDUCE_MIN = 2;
