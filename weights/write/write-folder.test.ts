import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileSource } from '../../sources/file-source-node.ts';
import type { Checkpoint, TensorInfo } from '../checkpoint.ts';
import { openSharded } from '../open-sharded.ts';
import { openSafetensors } from '../safetensors/open-safetensors.ts';
import { writeFolder } from './write-folder-node.ts';
import { type ByteSink, writeSafetensors } from './write-safetensors.ts';
import { writeWhole } from './write-whole-node.ts';

const NAMES = ['a', 'b', 'c', 'd'];
const FILES = { 'config.json': '{}\n' };

/** Four tensors of 100 bytes, whose reading can be made to fail. */
function checkpoint(read: (name: string) => Uint8Array = () => new Uint8Array(0)): Checkpoint {
  const entry = (name: string): [string, TensorInfo] => [
    name,
    { name, dtype: 'U8', shape: [100], byteLength: 100 },
  ];
  return {
    where: 'given',
    tensors: new Map(NAMES.map(entry)),
    metadata: {},
    read: async (name) => {
      const bytes = read(name);
      return bytes.byteLength > 0 ? bytes : new Uint8Array(100).fill(name.charCodeAt(0));
    },
    close: async () => undefined,
  };
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dinov2-write-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function readBack(target: string): Promise<number[]> {
  const index = join(target, 'model.safetensors.index.json');
  const open = (file: string) => openFileSource(join(target, file));
  const opened = existsSync(index)
    ? await openSharded(readFileSync(index, 'utf8'), index, open)
    : await openSafetensors(await open('model.safetensors'), target);
  const firsts: number[] = [];
  for (const name of NAMES) firsts.push((await opened.read(name))[0] ?? 0);
  await opened.close();
  return firsts;
}

const WRITTEN = NAMES.map((name) => name.charCodeAt(0));

test('a folder has its weights and the files beside them', async () => {
  const target = join(folder, 'new', 'model');
  const progress: [number, number][] = [];
  await writeFolder(checkpoint(), FILES, target, { onProgress: (...each) => progress.push(each) });
  expect(readdirSync(target).sort()).toEqual(['config.json', 'model.safetensors']);
  expect(await readBack(target)).toEqual(WRITTEN);
  expect(progress).toEqual([100, 200, 300, 400].map((written) => [written, 400]));
  expect(readdirSync(join(folder, 'new'))).toEqual(['model']);
});

test('weights larger than the limit are several files with an index', async () => {
  const target = join(folder, 'model');
  await writeFolder(checkpoint(), {}, target, { maxShardSize: '250B' });
  expect(readdirSync(target).sort()).toEqual([
    'model-00001-of-00002.safetensors',
    'model-00002-of-00002.safetensors',
    'model.safetensors.index.json',
  ]);
  expect(await readBack(target)).toEqual(WRITTEN);
});

test('a file of weights is written alone, and refused in parts', async () => {
  const target = join(folder, 'weights.safetensors');
  await expect(writeFolder(checkpoint(), FILES, target, { maxShardSize: 250 })).rejects.toThrow(
    /expected room for 400 bytes in one file/,
  );
  await writeFolder(checkpoint(), FILES, target);
  expect(readdirSync(folder)).toEqual(['weights.safetensors']);
});

const controller = (): [AbortController, Checkpoint] => {
  const abort = new AbortController();
  const stopped = checkpoint((name) => {
    if (name === 'c') abort.abort(new Error('stopped'));
    return new Uint8Array(0);
  });
  return [abort, stopped];
};

describe.each(['model', 'deep/er/model', 'weights.safetensors'])('nothing is left of %s', (name) => {
  let target: string;
  beforeEach(() => {
    target = join(folder, name);
  });
  afterEach(() => expect(readdirSync(folder)).toEqual([]));

  test('when a tensor cannot be read', async () => {
    const broken = checkpoint((tensor) => {
      if (tensor === 'c') throw new Error('a hole in the disk');
      return new Uint8Array(0);
    });
    await expect(writeFolder(broken, FILES, target)).rejects.toThrow('a hole in the disk');
  });

  test('when a tensor is shorter than it should be', async () => {
    const short = checkpoint((tensor) => new Uint8Array(tensor === 'c' ? 3 : 0));
    await expect(writeFolder(short, FILES, target)).rejects.toThrow(/given: c: expected 100 bytes, got 3/);
  });

  test('when the work is stopped', async () => {
    const [{ signal }, stopped] = controller();
    await expect(writeFolder(stopped, FILES, target, { signal })).rejects.toThrow('stopped');
  });

  test('when it was stopped before', async () => {
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(writeFolder(checkpoint(), FILES, target, { signal })).rejects.toThrow('stopped');
  });

  test('when the disk is full', async () => {
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write' });
    const half = async (temporary: string): Promise<void> => {
      writeFileSync(temporary, 'half');
      throw full;
    };
    await expect(writeWhole(target, {}, half)).rejects.toThrow(/got ENOSPC; the disk is full; make room/);
  });
});

test('work that is stopped goes on with no tensor but the one being read', async () => {
  const abort = new AbortController();
  const read: string[] = [];
  const watched = checkpoint((name) => {
    read.push(name);
    if (name === 'a') abort.abort(new Error('stopped'));
    return new Uint8Array(0);
  });
  const { signal } = abort;
  await expect(writeFolder(watched, FILES, join(folder, 'model'), { signal })).rejects.toThrow('stopped');
  expect(read).not.toContain('d');
});

test('work that is stopped after its last tensor leaves nothing', async () => {
  const abort = new AbortController();
  const onProgress = (written: number, total: number): void => {
    if (written === total) abort.abort(new Error('stopped'));
  };
  const options = { signal: abort.signal, onProgress };
  await expect(writeFolder(checkpoint(), FILES, join(folder, 'model'), options)).rejects.toThrow('stopped');
  expect(readdirSync(folder)).toEqual([]);
});

test('what appears under the name while the work is done is kept', async () => {
  const target = join(folder, 'model');
  const write = async (temporary: string): Promise<void> => {
    writeFileSync(temporary, 'ours');
    writeFileSync(target, 'theirs');
  };
  await expect(writeWhole(target, {}, write)).rejects.toThrow(/expected nothing of this name, got a file/);
  expect(readFileSync(target, 'utf8')).toBe('theirs');
  expect(readdirSync(folder)).toEqual(['model']);
});

test('no tensor is still being read when writing has failed', async () => {
  let reading = 0;
  const slow: Checkpoint = {
    ...checkpoint(),
    read: async () => {
      reading++;
      await new Promise((resolve) => setTimeout(resolve, 5));
      reading--;
      return new Uint8Array(100);
    },
  };
  let writes = 0;
  const full: ByteSink = {
    write: async () => {
      if (++writes === 2) throw new Error('full');
    },
    close: async () => undefined,
  };
  await expect(writeSafetensors(slow, [...slow.tensors.values()], full)).rejects.toThrow('full');
  expect(reading).toBe(0);
});

describe('what is there already', () => {
  let target: string;
  beforeEach(() => {
    target = join(folder, 'model');
    mkdirSync(target);
  });

  test('is kept unless it may be overwritten', async () => {
    writeFileSync(join(target, 'config.json'), 'old');
    await expect(writeFolder(checkpoint(), FILES, target)).rejects.toThrow(
      /expected nothing of this name, got a folder with files in it/,
    );
    writeFileSync(join(folder, 'w.safetensors'), 'old');
    await expect(writeFolder(checkpoint(), FILES, join(folder, 'w.safetensors'))).rejects.toThrow(
      /got a file;/,
    );
    expect(readFileSync(join(target, 'config.json'), 'utf8')).toBe('old');
    expect(readdirSync(folder).sort()).toEqual(['model', 'w.safetensors']);
  });

  test('is replaced as a whole, with shards of old', async () => {
    for (const name of ['config.json', 'model-00001-of-00002.safetensors'])
      writeFileSync(join(target, name), 'old');
    await writeFolder(checkpoint(), FILES, target, { overwrite: true });
    expect(readdirSync(target).sort()).toEqual(['config.json', 'model.safetensors']);
    expect(readdirSync(folder)).toEqual(['model']);
  });

  test('is replaced where it is when the name is a link', async () => {
    symlinkSync(target, join(folder, 'link'));
    writeFileSync(join(target, 'config.json'), 'old');
    await writeFolder(checkpoint(), FILES, join(folder, 'link'), { overwrite: true });
    expect(readFileSync(join(target, 'config.json'), 'utf8')).toBe('{}\n');
    expect(readdirSync(folder).sort()).toEqual(['link', 'model']);
  });

  test('is never removed if it is more than a model', async () => {
    writeFileSync(join(target, 'thesis.docx'), 'years of work');
    await expect(writeFolder(checkpoint(), FILES, target, { overwrite: true })).rejects.toThrow(
      /expected a folder with nothing but a model in it, got one with thesis\.docx/,
    );
    expect(readdirSync(target)).toEqual(['thesis.docx']);
  });

  test('is back when what was written can not take its place', async () => {
    writeFileSync(join(target, 'config.json'), 'old');
    const options = { overwrite: true, replaceable: /config/ };
    await expect(writeWhole(target, options, async () => undefined)).rejects.toThrow(/got ENOENT/);
    expect(readFileSync(join(target, 'config.json'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['model']);
  });

  test('is kept if a name in it only ends like one of a model', async () => {
    writeFileSync(join(target, 'my-config.json'), 'mine');
    await expect(writeFolder(checkpoint(), FILES, target, { overwrite: true })).rejects.toThrow(/my-config/);
  });

  test('is never removed if it is a file where a folder is to be', async () => {
    writeFileSync(join(folder, 'weights.pth'), 'the only copy');
    await expect(
      writeFolder(checkpoint(), FILES, join(folder, 'weights.pth'), { overwrite: true }),
    ).rejects.toThrow(/weights\.pth: expected a folder, got a file; choose another name/);
    expect(readFileSync(join(folder, 'weights.pth'), 'utf8')).toBe('the only copy');
  });

  test('is never removed if a folder in it has the name of a file', async () => {
    mkdirSync(join(target, 'model.safetensors'));
    await expect(writeFolder(checkpoint(), FILES, target, { overwrite: true })).rejects.toThrow(
      /got one with model\.safetensors/,
    );
  });

  test('may be an empty folder', async () => {
    await writeFolder(checkpoint(), FILES, target);
    expect(await readBack(target)).toEqual(WRITTEN);
  });

  test('is one model when several are written to it at once', async () => {
    const write = (): Promise<void> => writeFolder(checkpoint(), FILES, target, { overwrite: true });
    await write();
    for (let i = 0; i < 10; i++) {
      const results = await Promise.allSettled(Array.from({ length: 5 }, write));
      expect(results.map(({ status }) => status)).toContain('fulfilled');
      expect(readdirSync(folder)).toEqual(['model']);
      expect(await readBack(target)).toEqual(WRITTEN);
    }
  });

  test('is still there after a failure', async () => {
    writeFileSync(join(target, 'config.json'), 'old');
    const [{ signal }, stopped] = controller();
    await expect(writeFolder(stopped, FILES, target, { overwrite: true, signal })).rejects.toThrow('stopped');
    expect(readFileSync(join(target, 'config.json'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['model']);
  });

  test('has a name', async () => {
    await expect(writeFolder(checkpoint(), FILES, '')).rejects.toThrow(
      /expected the name of a file or a folder/,
    );
  });

  test('is no place for a folder if it is something else, such as a socket', async () => {
    // not /dev/null, which a mistake would replace for the whole machine
    const socket = join(folder, 'socket');
    const server = createServer().listen(socket);
    await once(server, 'listening');
    await expect(writeFolder(checkpoint(), {}, socket, { overwrite: true })).rejects.toThrow(
      /expected a file or a folder, got something else/,
    );
    expect(lstatSync(socket).isSocket()).toBe(true);
    server.close();
  });
});

test('a tensor of the name that is kept for the metadata is refused', async () => {
  const odd = checkpoint();
  const info: TensorInfo = { name: '__metadata__', dtype: 'U8', shape: [1], byteLength: 1 };
  const tensors = new Map([[info.name, info]]);
  await expect(writeFolder({ ...odd, tensors }, {}, join(folder, 'model'))).rejects.toThrow(
    /expected a tensor of another name, got __metadata__/,
  );
});
