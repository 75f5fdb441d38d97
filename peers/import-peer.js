/**
 * Imports a package from where the peers are installed.
 *
 * @param {string} name
 */
export function importPeer(name) {
  return import(name);
}
