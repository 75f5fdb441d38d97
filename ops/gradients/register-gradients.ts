/** Making the gradients of TF.js's own ops known to it. */
let registered: Promise<void> | undefined;

/**
 * Registers the gradients of TF.js's ops, without which `tf.grads` fails in Node: what Node loads of `@tensorflow/tfjs-core`
 * has none. Those of this package's fused ops need no registration. Safe to call again.
 */
export function registerGradients(): Promise<void> {
  registered ??= import('../generated/tfjs-gradients.ts').then(() => undefined);
  return registered;
}
