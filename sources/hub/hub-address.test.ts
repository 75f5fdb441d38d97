import { SourceError } from '../../errors/errors.ts';
import { hubAddress } from './hub-address.ts';

const HUB = 'https://huggingface.co';
const SHA = 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00';

/** An address in short: id@revision/folder!file. */
function short(source: string, endpoint?: string): string | undefined {
  const found = hubAddress(source, endpoint);
  if (found === undefined) return undefined;
  const { id, revision, folder, file } = found;
  return `${id}${revision ? `@${revision}` : ''}${folder && `/${folder}`}${file ? `!${file}` : ''}`;
}

test.each([
  ['owner/name', 'owner/name'],
  ['owner/name/', 'owner/name'],
  ['owner/name@v1.0', 'owner/name@v1.0'],
  ['owner/name@refs/pr/1', 'owner/name@refs/pr/1'],
  ['hf://owner/name', 'owner/name'],
  ['hf://models/owner/name', 'owner/name'],
  ['hf://owner/name@v1/sub/model.safetensors', 'owner/name@v1/sub!model.safetensors'],
  ['hf://owner/name@refs/pr/7/sub', 'owner/name@refs/pr/7/sub'],
  ['hf://owner/name@feature%2Fx/weights.pth', 'owner/name@feature/x!weights.pth'],
  ['hf://owner/name/onnx/model.onnx', 'owner/name/onnx!model.onnx'],
  [`${HUB}/owner/name`, 'owner/name'],
  [`${HUB}/owner/name/`, 'owner/name'],
  [`${HUB}/models/owner/name`, 'owner/name'],
  [`${HUB}/owner/name/tree/main`, 'owner/name@main'],
  [`${HUB}/owner/name/tree/main/`, 'owner/name@main'],
  [`${HUB}/owner/name/tree/main/a/b%20c`, 'owner/name@main/a/b c'],
  [`${HUB}/owner/name/tree/${SHA}`, `owner/name@${SHA}`],
  [`${HUB}/owner/name/tree/refs%2Fpr%2F1`, 'owner/name@refs/pr/1'],
  [`${HUB}/owner/name/tree/refs/pr/1/a`, 'owner/name@refs/pr/1/a'],
  [`${HUB}/owner/name/blob/main/model.safetensors`, 'owner/name@main!model.safetensors'],
  [`${HUB}/owner/name/blob/main/a/w.pth?x=1#L3`, 'owner/name@main/a!w.pth'],
  [`${HUB}/owner/name/resolve/main/a/w.bin?download=true`, 'owner/name@main/a!w.bin'],
  [`${HUB}/owner/name/resolve/main/a`, 'owner/name@main/a'],
  [`${HUB}/owner/name/resolve/main/`, 'owner/name@main'],
  [`${HUB}/owner/name/raw/v1/w.pt`, 'owner/name@v1!w.pt'],
  ['http://www.huggingface.co/owner/name', 'owner/name'],
  ['https://hf.co/owner/name/tree/main', 'owner/name@main'],
  ['hf.co/owner/name', 'owner/name'],
  ['huggingface.co/owner/name/tree/v2', 'owner/name@v2'],
])('%s is %s', (source, expected) => {
  expect(short(source)).toBe(expected);
});

test('pages of a mirror are understood below its own address only', () => {
  const mirror = 'http://mirror:8080/hf';
  expect(short(`${mirror}/owner/name/tree/v1`, mirror)).toBe('owner/name@v1');
  expect(short('http://mirror:8080/other/owner/name', mirror)).toBeUndefined();
  expect(short('https://huggingface.co/owner/name', mirror)).toBe('owner/name');
});

test.each([
  './x/y',
  '../x/y',
  '../x',
  '/x/y',
  '~/x',
  '~/x/y',
  'C:\\x',
  'C:\\x\\y',
  'x\\y',
  'x',
  'x/y/z',
  '.x/y',
  'x/.y',
  'x/..',
  'x/y.safetensors',
  'x/y.pth',
  'a b/c',
  '',
  '@v1',
  'owner/name@',
  'https://example.com/owner/name',
  'https://huggingface.co.example.com/owner/name',
  'https://example.com/?https://huggingface.co/owner/name',
  'https://github.com/facebookresearch/dinov2/blob/main/x.pth',
])('%j is no place on the Hub', (source) => {
  expect(hubAddress(source)).toBeUndefined();
});

test.each([
  [`${HUB}/datasets/owner/name`, 'one of datasets'],
  ['hf://spaces/owner/name', 'one of spaces'],
  [`${HUB}/owner`, '"owner/"'],
  [HUB, '"/"'],
  [`${HUB}/docs/hub/models/x`, 'a page of another kind, "models"'],
  [`${HUB}/owner/name/discussions/1`, 'a page of another kind, "discussions"'],
  [`${HUB}/owner/name/blob/main/config.json`, 'the file config.json, which holds no weights'],
  ['hf://owner/name/../other', '"../other"'],
  [`${HUB}/owner/name/tree/main/%2e%2e/x`, '"../x"'],
  [`${HUB}/owner/name/tree/main/a%2Fb`, '"a/b"'],
])('%s is refused: %s', (source, got) => {
  expect(() => hubAddress(source)).toThrow(SourceError);
  expect(() => hubAddress(source)).toThrow(`${source}: expected a repository of models on the Hub`);
  expect(() => hubAddress(source)).toThrow(`got ${got}; write owner/name`);
});
