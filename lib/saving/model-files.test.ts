import type { TensorInfo } from '../../weights/checkpoint.ts';
import type { Dtype } from '../../weights/dtype.ts';
import { Dinov2Config } from '../families/dinov2/dinov2-config.ts';
import { configFile } from './model-files.ts';

function weights(...tensors: [name: string, dtype: Dtype][]): { tensors: Map<string, TensorInfo> } {
  return {
    tensors: new Map(tensors.map(([name, dtype]) => [name, { name, dtype, shape: [0], byteLength: 0 }])),
  };
}

test('the first floating-point tensor says the dtype', () => {
  const text = configFile(new Dinov2Config(), weights(['steps', 'I64'], ['x', 'F64'], ['y', 'F16']));
  expect(JSON.parse(text).dtype).toBe('float64');
});

test('a classifier among the weights says the class, unless it is given', () => {
  const classifier = weights(['classifier.weight', 'F32']);
  const classOf = (...args: Parameters<typeof configFile>): unknown =>
    JSON.parse(configFile(...args)).architectures;
  expect(classOf(new Dinov2Config(), classifier)).toEqual(['Dinov2ForImageClassification']);
  expect(classOf(new Dinov2Config(), classifier, 'Backbone')).toEqual(['Dinov2Backbone']);
  expect(classOf(new Dinov2Config(), weights())).toEqual(['Dinov2Model']);
});
