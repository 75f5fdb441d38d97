/**
 * onnxruntime-node in a process of its own: jest's contexts have typed arrays of their own, which native code doesn't know.
 *
 * Each message asks for one thing by its `id`: to `create` a session, to `run` it, or to `release` it.
 */
import { InferenceSession, Tensor } from 'onnxruntime-node';

const sessions = new Map();

const ACTIONS = {
  async create({ id, bytes, externalData }) {
    const options = { intraOpNumThreads: 1, ...(externalData.length > 0 && { externalData }) };
    sessions.set(id, await InferenceSession.create(new Uint8Array(bytes), options));
  },
  async run({ session, feeds }) {
    const tensors = Object.entries(feeds).map(([name, { type, values, shape }]) => [
      name,
      new Tensor(type, values, shape),
    ]);
    const results = await sessions.get(session).run(Object.fromEntries(tensors));
    return Object.entries(results).map(([name, { type, data, dims }]) => ({ name, type, data, dims }));
  },
  async release({ session }) {
    await sessions.get(session).release();
    sessions.delete(session);
  },
};

process.on('message', async ({ action, ...message }) => {
  try {
    process.send({ id: message.id, result: await ACTIONS[action](message) });
  } catch (error) {
    process.send({ id: message.id, error: String(error) });
  }
});
process.send({ id: 0 });
