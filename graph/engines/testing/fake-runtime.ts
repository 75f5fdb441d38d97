/** Stands in for ONNX Runtime in tests: writes down what it is given, and answers what it is told to. */
import type { OnnxRuntime, OrtArrays, OrtSession, OrtSessionOptions, OrtTensor } from '../onnx-runtime.ts';

/** What a session gives, made of what it is given. */
export type Answer = (feeds: Readonly<Record<string, OrtTensor>>) => Promise<Record<string, OrtTensor>>;

/** One session that was made. */
export interface FakeSession {
  readonly model: string | Uint8Array;
  readonly options: OrtSessionOptions;
  readonly feeds: Readonly<Record<string, OrtTensor>>[];
  released: number;
}

class FakeTensor<Type extends keyof OrtArrays> implements OrtTensor {
  readonly type: Type;
  readonly data: OrtArrays[Type];
  readonly dims: readonly number[];

  constructor(type: Type, data: OrtArrays[Type], dims: readonly number[]) {
    this.type = type;
    this.data = data;
    this.dims = dims;
  }
}

/** The interface of the packages `onnxruntime-web` and `onnxruntime-node`, without what is behind it. */
export class FakeRuntime implements OnnxRuntime {
  readonly env: OnnxRuntime['env'] = { wasm: {} };
  readonly sessions: FakeSession[] = [];
  readonly Tensor = FakeTensor;
  readonly InferenceSession = {
    create: async (model: string | Uint8Array, options: OrtSessionOptions): Promise<OrtSession> =>
      this.open(model, options),
  };
  private readonly answer: Answer;

  /** @param answer what every session gives */
  constructor(answer: Answer) {
    this.answer = answer;
  }

  private open(model: string | Uint8Array, options: OrtSessionOptions): OrtSession {
    const session: FakeSession = { model, options, feeds: [], released: 0 };
    this.sessions.push(session);
    return {
      run: async (feeds) => {
        session.feeds.push(feeds);
        return this.answer(feeds);
      },
      async release() {
        session.released++;
      },
    };
  }
}
