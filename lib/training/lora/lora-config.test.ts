import { alphaOf, loraScale, parseLoraConfig } from './lora-config.ts';

test('what a file leaves out is as peft has it', () => {
  expect(parseLoraConfig({ peft_type: 'LORA' }, 'x')).toEqual({
    ...{ r: 8, alpha: 8, rslora: false, dropout: 0, alphaPattern: {} },
  });
});

test('scales and patterns are those of peft', () => {
  expect([loraScale(8, 4, false), loraScale(8, 4, true)]).toEqual([2, 4]);
  const config = parseLoraConfig({ peft_type: 'LORA', lora_alpha: 2, alpha_pattern: { q_proj: 6 } }, 'x');
  expect(['a.q_proj', 'q_proj', 'a.xq_proj', 'a.q_proj.b'].map((path) => alphaOf(config, path))).toEqual([
    6, 6, 2, 2,
  ]);
});
