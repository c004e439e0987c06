import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseExperiment } from '../choose-subset.ts';
import { copyFinishedSample } from '../finished-sample.ts';
import { agentPython } from '../installed.ts';
import { writeSmallExperiment } from '../small-experiment.ts';
import { until } from '../until.ts';
import { journey } from './journey.ts';

const recommended = [
  'algebra',
  'analysis',
  'biology',
  'chemistry',
  'discrete',
  'number_theory',
  'physics',
] as const;

describe('the answer is used', () => {
  it('in a Python file, as a list, undone as one step; as a model in a folder, which transformers loads; and is scored on a task', async () => {
    const { window, sample } = await journey({
      name: 'using',
      sample: copyFinishedSample,
      prepare: (made) => {
        const file = path.join(made.folder, 'merge.py');
        writeFileSync(file, 'experts = \n');
        return file;
      },
    });
    await window.cursorAtEndOf('experts =');
    await window.ask('ControlOrMeta+Alt+M');
    await (await chooseExperiment(window, 'nine-domains.mergelab.yaml')).click();
    const list = `experts = [${recommended.map((name) => `"${name}"`).join(', ')}]`;
    await window.line(list).waitFor();

    await window.press('ControlOrMeta+Z');
    await until(
      'the line as it was',
      async () => (await window.line('experts').textContent())?.trim() === 'experts\u00a0=',
    );

    await window.openFile('nine-domains.mergelab.yaml');
    await window.codeLens('Merge recommended subset').click();
    await window.quickInput.getByText('A new folder').waitFor({ timeout: 60_000 });
    await window.answer('merged/seven');
    await window.notification('Written:').waitFor({ timeout: 90_000 });

    const script = `import sys
from transformers import AutoModelForCausalLM, AutoTokenizer
model = AutoModelForCausalLM.from_pretrained(sys.argv[1])
ids = AutoTokenizer.from_pretrained(sys.argv[1])("2 + 2 =", return_tensors="pt")
print(sum(p.numel() for p in model.parameters()), tuple(model(**ids).logits.shape)[-1])`;
    const folder = path.join(sample.folder, 'merged', 'seven');
    const said = execFileSync(agentPython(), ['-c', script, folder], { encoding: 'utf8' });
    expect(said.trim()).toBe('39200 640');

    await window.openFile('downstream.mergelab.yaml');
    await window.codeLens('Score on 1 task').click();
    const scored = window.notification('The models are scored on the tasks.');
    await scored.waitFor({ timeout: 240_000 });
    await scored.getByRole('button', { name: 'Dashboard' }).click();
    const scores = window.webview().locator('#panel-downstream');
    await scores
      .getByText(/recommended merge .* endings/)
      .first()
      .waitFor();
    await scores.scrollIntoViewIfNeeded();
    await window.screenshot('using-tasks');
  });

  it('not with a model that is missing, which the message leads to', async () => {
    const { window } = await journey({
      name: 'missing-model',
      prepare: (made) => {
        const file = writeSmallExperiment(made);
        writeFileSync(file, readFileSync(file, 'utf8').replace('S/physics', 'S/fysics'));
        return file;
      },
    });
    await window.codeLens('▶ Run').click();
    const problem = window.notification('Did you mean physics?');
    await problem.waitFor({ timeout: 90_000 });
    await problem.getByRole('button', { name: 'Choose a Folder…' }).waitFor();
    await problem.getByRole('button', { name: 'Show in Experiment' }).click();
    await window.statusBar('selected').waitFor();
    await window.page.keyboard.type('./models/S/physics');
    await window.line('physics:\u00a0./models/S/physics').waitFor();
  });
});
