/** Which of the containers of a file are its weights. */
import { memorySource } from '../../sources/byte-source.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { dict, global, integer, type Pickle, tensor, text, tuple } from '../testing/pickle-assembler.ts';
import { torchLegacy, torchZip } from '../testing/torch-file.ts';
import { openTorch } from './open-torch.ts';
import { OPCODES as OP } from './pickle/opcodes.ts';

const open = (saved: Pickle, weightsKey?: string): Promise<Checkpoint> =>
  openTorch(memorySource(torchZip(saved)), 'x.pth', weightsKey);

const of = (name: string): Pickle => dict({ [name]: tensor() });

test.each<[string, Record<string, Pickle>, string, RegExp | undefined]>([
  [
    'the moving average of timm',
    { state_dict: of('a'), state_dict_ema: of('b') },
    'state_dict_ema',
    /moving average, as timm takes them; .*among state_dict_ema, state_dict$/,
  ],
  [
    'the moving average of others',
    { model: of('a'), model_ema: of('b') },
    'model_ema',
    /those of model_ema, their moving average/,
  ],
  [
    'weights whose average is not there',
    { state_dict: of('a'), state_dict_ema: [OP.NONE] },
    'state_dict',
    undefined,
  ],
  [
    'weights with an average elsewhere',
    { state_dict: of('a'), callbacks: dict({ Average: dict({ ema_state: of('b') }) }) },
    'state_dict',
    /those of state_dict; .* instead: callbacks\.Average\.ema_state$/,
  ],
  [
    'weights beside an average of another name',
    { model: of('a'), ema: of('b') },
    'model',
    /those of model; .* instead: ema$/,
  ],
  [
    'a teacher, of which nothing has to be said',
    { teacher: of('a'), student: of('b') },
    'teacher',
    undefined,
  ],
  ['a schema, which is no average', { model: of('a'), schema: of('b') }, 'model', undefined],
])('without a key: %s', async (_, saved, container, note) => {
  const checkpoint = await open(dict(saved));
  expect(checkpoint.metadata.torch_container).toBe(container);
  expect(checkpoint.notes).toEqual(note === undefined ? [] : [expect.stringMatching(note)]);
});

const several = dict({
  model: of('a'),
  'callbacks.with': dict({ 'a dot': dict({ ema: of('b') }) }),
  optimizer: dict({ step: integer(1) }),
  nested: dict({ model: of('c') }),
});

test.each([
  ['model', 'a', 'model'],
  ['callbacks.with.a dot.ema', 'b', 'callbacks.with.a dot.ema'],
  ['nested', 'c', 'nested.model'],
])('the weights key %s', async (key, name, container) => {
  const checkpoint = await open(several, key);
  expect([...checkpoint.tensors.keys()]).toEqual([name]);
  expect(checkpoint.metadata.torch_container).toBe(container);
  expect(checkpoint.notes).toEqual([]);
});

test.each([
  [
    'ema',
    /x\.pth: expected tensors under the weights key "ema", got no such entry; there are model, callbacks\.with\.a dot\.ema, nested\.model/,
  ],
  ['optimizer', /under the weights key "optimizer", got something else; there are model/],
  ['model.a', /got something else/],
  ['model.', /got no such entry/],
  ['', /got no such entry/],
])('a weights key that leads nowhere: %j', async (key, message) => {
  await expect(open(several, key)).rejects.toThrow(message);
});

const object = (name: string): Pickle => [global('models', name), OP.EMPTY_TUPLE, OP.NEWOBJ];

test('an object whose class is derived from dict is a container', async () => {
  const saved = [object('EasyDict'), text('model'), of('a'), OP.SETITEM];
  const checkpoint = await open(saved);
  expect([...checkpoint.tensors.keys()]).toEqual(['a']);
  expect(checkpoint.metadata.torch_container).toBe('model');
});

const module = (type: Pickle, parameters: Pickle, modules: Pickle): Pickle => [
  type,
  OP.EMPTY_TUPLE,
  OP.NEWOBJ,
  dict({
    training: [OP.NEWTRUE],
    _parameters: parameters,
    _buffers: dict({ mean: tensor(), none: [OP.NONE] }),
    _modules: modules,
  }),
  OP.BUILD,
];

test('a whole module has the names of its state dict', async () => {
  const type = global('models', 'Net');
  const net = module(type, of('cls_token'), dict({ norm: module(type, of('weight'), dict({})) }));
  const names = ['cls_token', 'mean', 'norm.weight', 'norm.mean'];
  expect([...(await open(net)).tensors.keys()]).toEqual(names);
  const checkpoint = await open(dict({ model: net, optimizer: of('step') }));
  expect([...checkpoint.tensors.keys()]).toEqual(names);
  expect(checkpoint.containers).toEqual(['model', 'optimizer']);
});

test('a whole module of a legacy file, which has the source of its class', async () => {
  const type = [
    tuple(text('module'), global('models', 'Net'), text('models.py'), text('class Net: …')),
    OP.BINPERSID,
  ];
  const saved = module(type, of('weight'), dict({}));
  const checkpoint = await openTorch(memorySource(torchLegacy(saved)), 'x.pth');
  expect([...checkpoint.tensors.keys()]).toEqual(['weight', 'mean']);
});

test('tensors of an object that is neither are not taken for weights', async () => {
  const optimizer = [object('AdamW'), dict({ state: of('exp_avg') }), OP.BUILD];
  await expect(open(dict({ model: optimizer }))).rejects.toThrow(
    /without any; its keys: "model"; passed over were objects of models\.AdamW/,
  );
});

test('containers beyond number and depth are not listed', async () => {
  const deep = Array.from({ length: 12 }).reduce<Pickle>((inner) => dict({ inner, a: tensor() }), of('a'));
  const many = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`net${i}`, of('a')]));
  expect((await open(dict({ deep, x: tensor() }))).containers).toHaveLength(8);
  expect((await open(dict({ ...many, model: of('a') }))).containers).toHaveLength(100);
});
