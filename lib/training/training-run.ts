/** The steps of a training, one after the other. */
import { dispose, type Tensor2D } from '@tensorflow/tfjs-core';
import { TrainingError } from '../../errors/errors.ts';
import { isLinearWeight, repack } from '../../ops/repack.ts';
import { clipByNorm, globalNorm } from './clip.ts';
import { type Evaluation, evaluationOf, figuresOf } from './evaluation.ts';
import { learningRateAt } from './learning-rate.ts';
import type { Optimiser } from './optimiser.ts';
import type { Rows } from './rows.ts';
import { restoreSnapshot, type Snapshot, takeSnapshot } from './snapshot.ts';
import { type StepGradients, stepGradients } from './step-gradients.ts';
import type { EvaluationRow, TrainingLog } from './training-log.ts';
import type { TrainingSettings } from './training-settings.ts';
import type { TrainingSource } from './training-source.ts';

/** Why a training ended: all steps are done, nothing got better any more, or its signal was aborted. */
export type TrainingEnd = 'finished' | 'early' | 'aborted';

/** What a run stands on. */
export interface RunParts {
  readonly settings: TrainingSettings;
  readonly source: TrainingSource;
  readonly optimiser: Optimiser;
  /** the rows of the steps that are done already */
  readonly log: TrainingLog;
  /** the weights to go back to if the loss is no number, those of the best evaluation, if there is one */
  readonly best: Snapshot;
  /** the logits of the images to evaluate on */
  readonly scoreAll: (() => Promise<Rows>) | undefined;
  /** keeps a checkpoint; told the number of steps that are done */
  readonly save: (step: number) => Promise<void>;
}

/** A training under way. */
export class TrainingRun {
  private readonly parts: RunParts;
  private best: Snapshot;
  private bestStep: number;
  /** whether the weights at the end of an epoch are kept once the next loss says that they are good */
  private isUnproved = false;
  /** of the best weights, if they were found in this run */
  private quality: Evaluation['quality'] | undefined;
  private step: number;
  private saved: number;
  /** seconds of one image, of the last steps */
  private pace = Number.NaN;

  constructor(parts: RunParts) {
    this.parts = parts;
    this.best = parts.best;
    this.step = parts.log.steps.length;
    this.saved = this.step;
    this.bestStep = parts.log.best?.step ?? this.step;
  }

  /**
   * Makes the steps that are left.
   *
   * @throws TrainingError if the loss is no number; what reading images and saving throw
   */
  async finish(): Promise<TrainingEnd> {
    const { settings, scoreAll } = this.parts;
    const { plan, signal, model } = settings;
    if (this.lacksEvaluation()) await this.evaluate();
    while (this.step < plan.totalSteps) {
      if (this.isOver()) break;
      await this.epoch();
      if (signal?.aborted) {
        await this.save();
        return 'aborted';
      }
      if (scoreAll === undefined) await this.requireFinite();
      else await this.evaluate();
      await this.save();
    }
    if (this.isUnproved) await this.keepWeights();
    restoreSnapshot(model.parameters, this.best);
    for (const name of settings.names) {
      const parameter = model.parameters.get(name);
      if (parameter && isLinearWeight(name, parameter)) await repack(parameter as Tensor2D);
    }
    return this.step < plan.totalSteps ? 'early' : 'finished';
  }

  /** How good the best weights are, which the model has at the end; undefined where there is nothing to evaluate on. */
  async bestQuality(): Promise<Evaluation['quality'] | undefined> {
    const { scoreAll, settings } = this.parts;
    if (this.quality !== undefined || scoreAll === undefined || settings.validationLabels === undefined)
      return this.quality;
    return (await evaluationOf(await scoreAll(), settings.validationLabels)).quality;
  }

  /** What is left of an epoch, or as much of it as there are steps. */
  private async epoch(): Promise<void> {
    const { settings, source } = this.parts;
    const { plan, labels, problemType, labelSmoothing, seed, signal, saveSteps } = settings;
    const { epoch, within } = plan.place(this.step);
    const steps = plan.epoch(epoch).slice(within, within + plan.totalSteps - this.step);
    const loss = { problemType, labelSmoothing };
    let begun = performance.now();
    if (signal?.aborted) return;
    const all = stepGradients(source, labels, steps, { ...loss, seed, epoch, firstStep: this.step });
    for await (const found of all) {
      await this.update(found, begun);
      if (signal?.aborted) return;
      // at the end of an epoch, its evaluation belongs to it
      if (saveSteps !== undefined && this.step % saveSteps === 0 && !this.isAtEnd()) await this.save();
      begun = performance.now();
    }
  }

  /** One step: its gradients are cut to their length, and change the parameters. */
  private async update({ loss, gradients, numImages }: StepGradients, begun: number): Promise<void> {
    const { settings, optimiser, log } = this.parts;
    const { plan, course, clip, onStep } = settings;
    try {
      const gradientNorm = await globalNorm(gradients);
      if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
        const got = `${loss} and ${gradientNorm}`;
        throw this.diverged(this.step + 1, `expected a loss and gradients that are numbers, got ${got}`);
      }
      if (this.isUnproved) await this.keepWeights();
      if (clip > 0) clipByNorm(gradients, gradientNorm, clip);
      const learningRate = learningRateAt(this.step, course);
      optimiser.step(gradients, learningRate);
      this.step += 1;
      const row = {
        step: this.step,
        epoch: this.step / plan.stepsPerEpoch,
        loss,
        gradientNorm,
        learningRate,
      };
      log.steps.push(row);
      if (onStep === undefined) return;
      const pace = (performance.now() - begun) / 1000 / numImages;
      this.pace = Number.isNaN(this.pace) ? pace : 0.8 * this.pace + 0.2 * pace;
      const { totalSteps } = plan;
      const left = (totalSteps - this.step) * (plan.numImages / plan.stepsPerEpoch);
      onStep({ ...row, totalSteps, imagesPerSecond: 1 / this.pace, secondsLeft: left * this.pace });
    } finally {
      dispose([...gradients.values()]);
    }
  }

  /** Looks how good the weights are, and keeps them if they are the best. */
  private async evaluate(): Promise<void> {
    const { settings, log, scoreAll } = this.parts;
    const { validationLabels, plan, metric, threshold, onEvaluation } = settings;
    if (scoreAll === undefined || validationLabels === undefined) return;
    const scores = await scoreAll();
    if (!scores.data.every(Number.isFinite)) {
      throw this.diverged(
        this.step,
        'expected scores that are numbers of the images to evaluate on, got others',
      );
    }
    const evaluation = await evaluationOf(scores, validationLabels);
    const figures = figuresOf(evaluation);
    const row: EvaluationRow = { step: this.step, epoch: this.step / plan.stepsPerEpoch, figures };
    log.evaluations.push(row);
    const value = figures[metric] ?? Number.NaN;
    const { best } = log;
    const gain =
      best === undefined ? Number.POSITIVE_INFINITY : (value - best.value) * (metric === 'loss' ? -1 : 1);
    if (gain > (best === undefined ? 0 : threshold)) {
      log.best = { step: this.step, value };
      this.quality = evaluation.quality;
      await this.keepWeights();
    }
    onEvaluation?.(row);
  }

  /** Whether a run ended after the last step of an epoch, and before what it was evaluated on. */
  private lacksEvaluation(): boolean {
    return this.step > 0 && this.isAtEnd() && this.parts.log.evaluations.at(-1)?.step !== this.step;
  }

  /** Whether an epoch, or the training, has no step left. */
  private isAtEnd(): boolean {
    const { plan } = this.parts.settings;
    return this.step === plan.totalSteps || plan.place(this.step).within === 0;
  }

  /** Keeps the weights as they are now, to come back to them. */
  private async keepWeights(): Promise<void> {
    const { model, names } = this.parts.settings;
    this.best = await takeSnapshot(model.parameters, names);
    this.bestStep = this.step;
    this.isUnproved = false;
  }

  /** Where nothing is evaluated, weights are good if they are numbers, and the next loss is one. */
  private async requireFinite(): Promise<void> {
    const { model, names } = this.parts.settings;
    for (const name of names) {
      const values = await model.parameters.get(name)?.data<'float32'>();
      if (values?.every(Number.isFinite) === false)
        throw this.diverged(this.step, `expected weights that are numbers, got others in ${name}`);
    }
    this.isUnproved = true;
  }

  /** Whether the last evaluations were none of them better. */
  private isOver(): boolean {
    const { settings, log } = this.parts;
    const since = log.evaluations.filter(({ step }) => step > (log.best?.step ?? 0)).length;
    return settings.patience !== undefined && since >= settings.patience;
  }

  private async save(): Promise<void> {
    if (this.saved === this.step) return;
    await this.parts.save(this.step);
    this.saved = this.step;
  }

  /** Goes back to weights that are known to be good. */
  private diverged(step: number, found: string): TrainingError {
    const { model, learningRate, output } = this.parts.settings;
    restoreSnapshot(model.parameters, this.best);
    const kept =
      output === undefined || this.saved === 0
        ? ''
        : `, and ${output} has a checkpoint of step ${this.saved}`;
    return new TrainingError(
      `train: step ${step}: ${found}; lower the learning rate (${learningRate}), add warmup, or look for images without a label; the model has the weights of step ${this.bestStep}${kept}`,
    );
  }
}
