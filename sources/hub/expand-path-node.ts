/** Paths as people write them in settings, where no shell has read them. */
import { homedir } from 'node:os';

/**
 * The user's folder in place of `~` at the beginning; any other path as it is.
 *
 * Shells leave `~` alone behind an `=`, as in `--cache-dir=~/models`.
 */
export function expandHome(path: string): string {
  return path.replace(/^~(?=$|[/\\])/, () => homedir());
}

/**
 * The user's folder in place of `~`, then values in place of `$NAME` and `${NAME}`; names without a value stay.
 *
 * Source: huggingface_hub 2.4, `constants.py`: `os.path.expandvars(os.path.expanduser(…))`.
 */
export function expandPath(path: string, env: NodeJS.ProcessEnv): string {
  return expandHome(path).replace(
    /\$(?:(\w+)|\{([^}]*)\})/g,
    (all, plain?: string, braced?: string) => env[plain ?? braced ?? ''] ?? all,
  );
}
