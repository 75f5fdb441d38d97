/** A page of a user who classifies images of classes of their own: what it learns from is files, and what it keeps are files. */
import {
  type AnyModel,
  AutoImageProcessor,
  classifierToModel,
  confusionSvg,
  Dinov2ForImageClassification,
  Dinov2Model,
  datasetFeatures,
  evaluateClassification,
  evaluateDataset,
  type FileAt,
  type FilesInMemory,
  filesDataset,
  fitKnn,
  fitLinearProbe,
  fitLogisticRegression,
  headFile,
  type ModelSource,
  pretrainedFiles,
  takeFeatures,
  train,
} from '../../lib/index.ts';

/** What was learnt: files, whose bytes are the same wherever the kernels are. */
export interface Learnt {
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** shares of the images of `test` that were right */
  readonly accuracies: Readonly<Record<string, number>>;
  /** what was loaded again and is not what was saved */
  readonly misses: readonly string[];
}

/**
 * Learns by each of the ways that take seconds, and loads what it saved.
 *
 * @param source of the bundled model
 * @param chosen a folder with `train` and `test`
 */
export async function learnDigits(source: ModelSource, chosen: readonly FileAt[]): Promise<Learnt> {
  const { train: images, test } = filesDataset(chosen);
  if (test === undefined) throw new Error('expected a folder test');
  const labels = images.classes;
  const processor = await AutoImageProcessor.fromPretrained(source);
  const models: AnyModel[] = [];
  const owned = <M extends AnyModel>(model: M): M => {
    models.push(model);
    return model;
  };
  try {
    const backbone = owned(await Dinov2Model.fromPretrained(source));
    const some = takeFeatures(await datasetFeatures(backbone, images, { processor }));
    const others = takeFeatures(await datasetFeatures(backbone, test, { processor }));
    const votes =
      fitKnn(some, { k: [5] })
        .probabilities(others.features)
        .get(5) ?? new Float64Array();
    const { accuracy: knn } = evaluateClassification(votes, others.labels, labels.length);

    const regression = fitLogisticRegression(some, { C: 1 });
    const mine = owned(await classifierToModel(backbone, regression, { labels }));
    const { best } = await fitLinearProbe(some, others, { epochs: 2, learningRates: [0.01] });
    const { blocks, averagePool, accuracy: probe } = best;
    const probed = await classifierToModel(backbone, best.classifier, { labels, blocks, averagePool });
    owned(probed);

    const tuned = owned(await Dinov2ForImageClassification.fromPretrained(source, { newHead: true, labels }));
    const { quality } = await train(tuned, images, { processor, validation: test, epochs: 5 });
    const trained = await headFile(tuned);
    await train(tuned, images, { processor, trainable: 'last 1', maxSteps: 3 });

    const { classification } = await evaluateDataset(mine, test, { processor });
    const confusion = classification?.confusion ?? [];
    const files = {
      'logistic.safetensors': await headFile(mine),
      'probe.safetensors': await headFile(probed),
      'head.safetensors': trained,
      'last-1.safetensors': (await pretrainedFiles(tuned))['model.safetensors'] ?? new Uint8Array(),
      'confusion.svg': new TextEncoder().encode(confusionSvg({ confusion, classes: labels })),
    };

    const misses: string[] = [];
    const expectSame = async (what: string, from: FilesInMemory, head?: FilesInMemory): Promise<void> => {
      const again = owned(await Dinov2ForImageClassification.fromPretrained(from, head && { head }));
      const found = (await evaluateDataset(again, test, { processor })).classification;
      if (JSON.stringify(found) !== JSON.stringify(classification))
        misses.push(`${what}: classifies otherwise`);
    };
    await expectSame('the whole model', await pretrainedFiles(mine, { processor }));
    const head = { 'head.safetensors': files['logistic.safetensors'] };
    await expectSame('the head', await pretrainedFiles(backbone), head);
    const accuracies = {
      ...{ knn, probe, logistic: classification?.accuracy ?? 0 },
      head: quality && 'accuracy' in quality ? quality.accuracy : 0,
    };
    return { files, accuracies, misses };
  } finally {
    for (const model of models) model.dispose();
  }
}
