/** Packages that a user may have installed beside this one, in Node. */

/**
 * Imports a package if it is there where the program runs: its name is not for bundlers to follow, as it need not be there
 * when this one is compiled or bundled. The only import of this kind.
 *
 * @throws whatever keeps it from being loaded, see `reasonAgainst`
 */
export function importPackage(name: string): Promise<object> {
  return import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ name);
}

/** Why a package could not be imported, as messages say it after "got". */
export function reasonAgainst(error: unknown): string {
  const isAbsent = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
  return isAbsent ? 'no such package' : error instanceof Error ? error.message : String(error);
}
