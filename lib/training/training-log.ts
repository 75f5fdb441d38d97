/** What a training says of itself while it goes on, and keeps in `trainer_state.json`. */
import type { JsonObject } from '../../options/json-object.ts';

/** One step. */
export interface StepRow {
  /** from 1 */
  readonly step: number;
  /** how many epochs are done, such as 1.25 */
  readonly epoch: number;
  readonly loss: number;
  /** the length of all gradients together, before it was cut */
  readonly gradientNorm: number;
  /** the one of this step */
  readonly learningRate: number;
}

/** One step as it is reported. */
export interface StepProgress extends StepRow {
  readonly totalSteps: number;
  readonly imagesPerSecond: number;
  /** until the end, evaluations left out */
  readonly secondsLeft: number;
}

/** One evaluation. */
export interface EvaluationRow {
  readonly step: number;
  readonly epoch: number;
  /** `loss`, the mean over all images; `accuracy`, `top5` and `macroF1` of single labels, and what other problem types have */
  readonly figures: Readonly<Record<string, number>>;
}

/** The best evaluation so far. */
export interface Best {
  readonly step: number;
  /** the value of the metric */
  readonly value: number;
}

/** What of a training's settings stands in `trainer_state.json`. */
interface TrainerNumbers {
  readonly plan: { readonly totalSteps: number; readonly epochs: number };
  readonly batchSize: number;
}

/** All rows of a training, in their order. */
export class TrainingLog {
  readonly steps: StepRow[];
  readonly evaluations: EvaluationRow[];
  best: Best | undefined;

  constructor({
    steps,
    evaluations,
    best,
  }: Partial<Pick<TrainingLog, 'steps' | 'evaluations' | 'best'>> = {}) {
    this.steps = [...(steps ?? [])];
    this.evaluations = [...(evaluations ?? [])];
    this.best = best;
  }

  /** What transformers' `TrainerState.load_from_json` reads. */
  toTrainerState({ plan, batchSize }: TrainerNumbers): JsonObject {
    const steps = this.steps.map(({ step, epoch, loss, gradientNorm, learningRate }) => ({
      ...{ step, epoch, loss, grad_norm: gradientNorm, learning_rate: learningRate },
    }));
    const evaluations = this.evaluations.map(({ step, epoch, figures }) => ({
      ...{ step, epoch },
      ...Object.fromEntries(Object.entries(figures).map(([name, value]) => [evaluationName(name), value])),
    }));
    const rows: { readonly step: number }[] = [...steps, ...evaluations];
    const last = this.steps.at(-1);
    return {
      best_global_step: this.best?.step ?? null,
      best_metric: this.best?.value ?? null,
      best_model_checkpoint: this.best === undefined ? null : `checkpoint-${this.best.step}`,
      epoch: last?.epoch ?? 0,
      global_step: last?.step ?? 0,
      is_hyper_param_search: false,
      is_local_process_zero: true,
      is_world_process_zero: true,
      log_history: rows.sort((a, b) => a.step - b.step),
      logging_steps: 1,
      max_steps: plan.totalSteps,
      num_train_epochs: plan.epochs,
      train_batch_size: batchSize,
      total_flos: 0,
      trial_name: null,
      trial_params: null,
    };
  }
}

/** A name as transformers writes it: `eval_macro_f1` for `macroF1`. */
function evaluationName(name: string): string {
  return `eval_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}
