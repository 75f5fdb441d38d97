import {
  ADAMW, ATTEND, ATTEND_BACKWARD, BINARY, COPY, LAYER_NORM, LAYER_NORM_BACKWARD, LINEAR, LINEAR_INT8, PACK_HEADS,
  PACK_INT8, PACK_MATRIX, PACK_WEIGHT, QUANTISE_ROWS, REDUCE, SGD, SILU_GATE, SILU_GATE_BACKWARD,
  SOFTMAX, TRANSPOSE_PANELS, UNARY, UNPACK_WEIGHT,
} from '../job-kinds';
import { adamw } from './adamw';
import { attend } from './attention';
import { attendBackward } from './attention-backward';
import { binary } from './binary';
import { copy } from './copy';
import { packHeads } from './heads';
import { layerNorm, layerNormBackward } from './layer-norm';
import { linear } from './linear';
import { linearInt8 } from './linear-int8';
import { packMatrix, packWeight, unpackWeight } from './pack';
import { packInt8 } from './pack-int8';
import { quantiseRows } from './quantise-rows';
import { reduce } from './reduce';
import { sgd } from './sgd';
import { siluGate, siluGateBackward } from './silu-gate';
import { softmax } from './softmax';
import { transposePanels } from './transpose-panels';
import { unary } from './unary';

/** Does items of a job until none is left. */
export function work(kind: i32, thread: i32): void {
  switch (kind) {
    case LINEAR: linear(thread); break;
    case ATTEND: attend(thread); break;
    case PACK_HEADS: packHeads(); break;
    case LAYER_NORM: layerNorm(); break;
    case SOFTMAX: softmax(); break;
    case UNARY: unary(); break;
    case BINARY: binary(); break;
    case SILU_GATE: siluGate(); break;
    case REDUCE: reduce(); break;
    case COPY: copy(); break;
    case PACK_WEIGHT: packWeight(); break;
    case UNPACK_WEIGHT: unpackWeight(); break;
    case PACK_MATRIX: packMatrix(); break;
    case PACK_INT8: packInt8(); break;
    case QUANTISE_ROWS: quantiseRows(); break;
    case ATTEND_BACKWARD: attendBackward(thread); break;
    case LAYER_NORM_BACKWARD: layerNormBackward(thread); break;
    case SILU_GATE_BACKWARD: siluGateBackward(); break;
    case TRANSPOSE_PANELS: transposePanels(); break;
    case ADAMW: adamw(); break;
    case SGD: sgd(); break;
    case LINEAR_INT8: linearInt8(thread); break;
    default: break;
  }
}
