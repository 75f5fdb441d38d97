import { timmProcessor } from './timm-processor.ts';

test('what a file leaves out is as in timm', () => {
  expect(timmProcessor({}, 'file')).toMatchObject({
    size: { kind: 'shortest', shortestEdge: 256 },
    cropSize: { height: 224, width: 224 },
    resample: 3,
    rescaleFactor: 1 / 255,
    imageMean: [0.485, 0.456, 0.406],
    imageStd: [0.229, 0.224, 0.225],
  });
});

test.each<[object, RegExp]>([
  [{ input_size: [1, 28, 28] }, /input_size: expected \[3, n, n\].*got \[1,28,28\]/],
  [{ input_size: [3, 28, 42] }, /input_size: expected \[3, n, n\]/],
  [{ input_size: 28 }, /input_size: expected \[3, n, n\]/],
  [{ crop_pct: -1 }, /crop_pct: expected a positive number/],
  [{ crop_mode: 'border' }, /crop_mode: expected center or squash.*got "border"/],
  [{ interpolation: 'random' }, /interpolation: expected .*got "random"/],
  [{ mean: [1, 2] }, /mean: expected three numbers/],
])('refuses %p', (cfg, message) => {
  expect(() => timmProcessor({ ...cfg }, 'file')).toThrow(message);
});
