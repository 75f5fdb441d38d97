import { mayBeSameModel, modelName } from './model-name.ts';
import { MODEL } from './testing/command.ts';

test.each([
  [MODEL, 'digits'],
  [`${MODEL}/`, 'digits'],
  ['facebook/dinov2-small', 'facebook/dinov2-small'],
  ['facebook/dinov2-small@main', 'facebook/dinov2-small'],
  ['hf://facebook/dinov2-small@v1/weights', 'facebook/dinov2-small'],
  ['https://huggingface.co/facebook/dinov2-small/tree/main', 'facebook/dinov2-small'],
  ['https://me:secret@host.example/models/dinov2-small/?key=secret', 'models/dinov2-small'],
])('%s is called %s', (model, name) => {
  expect(modelName({ model })).toBe(name);
});

test('a folder may be the repository of its name, and no repository is another', () => {
  expect(mayBeSameModel('dinov2-small', 'facebook/dinov2-small')).toBe(true);
  expect(mayBeSameModel('facebook/dinov2-small', 'dinov2-small')).toBe(true);
  expect(mayBeSameModel('me/dinov2-small', 'facebook/dinov2-small')).toBe(false);
  expect(mayBeSameModel('v2-small', 'facebook/dinov2-small')).toBe(false);
});
