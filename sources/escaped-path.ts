/** A path as it stands in an address: what separates its names stays, all else in them is escaped. */
export function escapedPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
