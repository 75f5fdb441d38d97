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
  /** the mean over all images */
  readonly loss: number;
  /** of single labels */
  readonly accuracy?: number;
  /** of single labels, where there are more than five */
  readonly top5?: number;
  /** of single labels */
  readonly macroF1?: number;
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
    const evaluations = this.evaluations.map(({ step, epoch, ...values }) => ({
      ...{ step, epoch },
      ...Object.fromEntries(
        Object.entries(values).map(([name, value]) => [EVALUATION_NAMES[name] ?? name, value]),
      ),
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

const EVALUATION_NAMES: Readonly<Record<string, string>> = {
  loss: 'eval_loss',
  accuracy: 'eval_accuracy',
  top5: 'eval_top5',
  macroF1: 'eval_macro_f1',
};
