/** A task folder of three sums, as `evaluation.downstream` may name it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const TASK = `task: sums
dataset_path: json
dataset_kwargs: { data_files: { test: data/items.jsonl } }
test_split: test
output_type: multiple_choice
doc_to_text: "{{context}}"
doc_to_choice: "{{choices}}"
doc_to_target: "{{answer}}"
`;

export function writeTask(folder: string): void {
  mkdirSync(path.join(folder, 'data'), { recursive: true });
  writeFileSync(path.join(folder, 'task.yaml'), TASK);
  const items = [1, 2, 3].map((n) => ({ context: `${n} + 1 =`, choices: [` ${n + 1}`, ' 9'], answer: 0 }));
  const lines = items.map((item) => JSON.stringify(item));
  writeFileSync(path.join(folder, 'data', 'items.jsonl'), `${lines.join('\n')}\n`);
}
