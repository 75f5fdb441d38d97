/** Names of other libraries where a call can do nothing with them, and names that objects have by birth. */
import { foreignRemedy } from './foreign-options.ts';

test('an option is named where the call has it, and only there', () => {
  expect(foreignRemedy('use_auth_token', ['token', 'offline'])).toBe('write token');
  expect(foreignRemedy('use_auth_token', ['topK'])).toBeUndefined();
});

test.each(['toString', 'constructor', '__proto__'])('%s is nobody’s option', (name) => {
  expect(foreignRemedy(name, [])).toBeUndefined();
});
