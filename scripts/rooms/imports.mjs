/** Who imports what: read by swc from the sources, so that imports of types count as well. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { parseSync } from '@swc/core';

/**
 * @typedef {object} Import
 * @property {string} to the file from the root of the project, or the name of a package
 * @property {'value' | 'type' | 'dynamic'} kind
 * @property {boolean} [byName] whether it is by a name `#node/…`, which is empty in bundles for pages
 */

/**
 * Every TypeScript file of the folders, and what it imports.
 *
 * @param {string} root the project
 * @param {readonly string[]} folders
 * @returns {Map<string, Import[]>}
 */
export function readImports(root, folders) {
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .map((file) => join(folder, String(file)))
      .filter((file) => file.endsWith('.ts') && !/\.d\.ts$|node_modules/.test(file)),
  );
  return new Map(files.sort().map((file) => [file, importsOf(file, readFileSync(join(root, file), 'utf8'))]));
}

/** @returns {Import[]} */
function importsOf(file, text) {
  // functions of AssemblyScript have decorators, which TypeScript's syntax allows on classes alone
  const source = file.includes('/assembly/') ? text.replace(/^@\w+.*$/gm, '') : text;
  const found = [];
  const visit = (node) => {
    if (typeof node !== 'object' || node === null) return;
    if (/^(Import|Export(Named|All))Declaration$/.test(node.type) && node.source) {
      found.push(resolved(file, node.source.value, node.typeOnly ? 'type' : 'value'));
      return;
    }
    if (node.callee?.type === 'Import') {
      const { type, value } = node.arguments[0].expression;
      if (type === 'StringLiteral') found.push(resolved(file, value, 'dynamic'));
    }
    if (node.type === 'TsImportType') found.push(resolved(file, node.argument.value, 'type'));
    for (const child of Object.values(node)) visit(child);
  };
  visit(parseSync(source, { syntax: 'typescript', target: 'es2022' }).body);
  return found;
}

/** @returns {Import} */
function resolved(from, name, kind) {
  if (name.startsWith('#node/')) return { to: `${name.slice('#node/'.length)}-node.ts`, kind, byName: true };
  if (!name.startsWith('.')) return { to: name, kind };
  return {
    to: join(
      dirname(from),
      name.replace(/(\.\w+)?$/, (ending) => ending || '.ts'),
    ),
    kind,
  };
}
