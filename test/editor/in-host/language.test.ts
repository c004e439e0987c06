/** What the editor shows in and beside the text, asked of the editor itself, on the sample's files. */
import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import { insertSubset } from '../../../extension/insert/insert-at-cursor.ts';
import { afterEach, describe, it } from './bdd.ts';

const { commands, workspace, window, languages } = vscode;
const NAME = 'nine-domains.mergelab.yaml';

function file(name: string): vscode.Uri {
  const [folder] = workspace.workspaceFolders ?? [];
  if (!folder) throw new Error('no folder');
  return vscode.Uri.joinPath(folder.uri, name);
}

async function open(name = NAME): Promise<vscode.TextEditor> {
  return window.showTextDocument(await workspace.openTextDocument(file(name)));
}

/** A document in the experiment's language that is on no disk. */
async function typed(content: string): Promise<vscode.TextEditor> {
  return window.showTextDocument(await workspace.openTextDocument({ language: 'mergelab', content }));
}

function at(document: vscode.TextDocument, text: string, into = 0): vscode.Position {
  const offset = document.getText().indexOf(text);
  assert.notEqual(offset, -1, text);
  return document.positionAt(offset + into);
}

/** Until it is so; the editor works in its own time. */
async function until<T>(look: () => T | Promise<T>, isDone: (found: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const found = await look();
    if (isDone(found) || tries === 200) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function replaceAll(editor: vscode.TextEditor, text: string): Promise<void> {
  const { document } = editor;
  const whole = new vscode.Range(new vscode.Position(0, 0), document.positionAt(document.getText().length));
  assert.ok(await editor.edit((builder) => builder.replace(whole, text)));
}

const ours = (uri: vscode.Uri) =>
  languages.getDiagnostics(uri).filter(({ source }) => source === 'Merge Lab');

describe('an experiment in the editor', () => {
  afterEach(async () => {
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('has its own language, and one that knows how it is written', async () => {
    const { document } = await open();
    assert.equal(document.languageId, 'mergelab');
    const word = document.getWordRangeAtPosition(at(document, 'number_theory', 2));
    assert.equal(word && document.getText(word), 'number_theory');
  });

  it('has lenses on its first line before anything is known', async () => {
    const { document } = await open('methods-L.mergelab.yaml');
    const found = await commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
    );
    assert.deepEqual(
      found.map(({ command, range }) => [range.start.line, command?.command]),
      [
        [0, 'mergeLab.run'],
        [0, 'mergeLab.plan'],
        [0, 'mergeLab.openDashboard'],
      ],
    );
    assert.deepEqual(found[0]?.command?.arguments, [document.uri.toString()]);
  });

  it('is told what is wrong, once, and mended by a fix that can be undone', async () => {
    const editor = await open();
    const { document } = editor;
    const before = document.getText();
    assert.deepEqual(ours(document.uri), []);
    await replaceAll(editor, before.replace('methods: [average]', 'methods: [avrage]'));
    const [wrong, ...more] = await until(
      () => ours(document.uri),
      (found) => found.length > 0,
    );
    assert.deepEqual(more, []);
    assert.equal(wrong && document.getText(wrong.range), 'avrage');
    assert.match(wrong?.message ?? '', /Did you mean "average"\?/);
    const actions = await commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      wrong?.range,
    );
    const fix = actions.find(({ isPreferred }) => isPreferred);
    assert.equal(fix?.title, 'Write average instead of avrage');
    assert.ok(fix?.edit && (await workspace.applyEdit(fix.edit)));
    assert.equal(document.getText(), before);
    assert.deepEqual(
      await until(
        () => ours(document.uri),
        (found) => found.length === 0,
      ),
      [],
    );
    await commands.executeCommand('undo');
    assert.ok(document.getText().includes('[avrage]'));
  });

  it('is told which model is missing, when that was looked for', async () => {
    const editor = await open();
    const text = editor.document.getText();
    await replaceAll(editor, text.replace('code: ./models/S/code', 'code: ./models/S/cdoe'));
    const [missing] = await until(
      () => ours(editor.document.uri),
      (found) => found.length > 0,
    );
    assert.equal(missing && editor.document.getText(missing.range), './models/S/cdoe');
    assert.equal(missing?.code, 'model_missing');
    await replaceAll(editor, text);
    assert.deepEqual(
      await until(
        () => ours(editor.document.uri),
        (found) => found.length === 0,
      ),
      [],
    );
  });

  it('completes keys, words and folders, in a text that is being typed', async () => {
    const complete = async (document: vscode.TextDocument, position: vscode.Position, sign?: string) =>
      commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        position,
        sign,
      );
    const { document } = await typed('base: ./x\ngoals:\n  wi');
    const keys = await complete(document, new vscode.Position(2, 4));
    const within = keys.items.find(({ label }) => label === 'within');
    assert.equal(within?.insertText, 'within: ');
    assert.equal(keys.items.filter(({ label }) => label === 'within').length, 1);
    const sample = await open();
    const place = at(sample.document, './models/S/code', './models/S/'.length);
    const folders = await complete(sample.document, place, '/');
    assert.ok(folders.items.some(({ label }) => label === './models/S/physics'));
  });

  it('explains its keys, and shows no text of the file as anything but text', async () => {
    const { document } = await typed('base: ./x\nexperts:\n  a: ./a\nembeddings: exact\n');
    const hover = async (position: vscode.Position) => {
      const found = await commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        position,
      );
      return found.flatMap(({ contents }) => contents as vscode.MarkdownString[]);
    };
    const [text] = await hover(at(document, 'embeddings', 1));
    assert.match(text?.value ?? '', /merges the rows that all vocabularies share/);
    assert.ok(!text?.isTrusted);
    assert.ok(!text?.supportHtml);
  });

  it('has an outline, folds, links and definitions', async () => {
    const { document } = await open();
    const { uri } = document;
    const symbols = await commands.executeCommand<vscode.DocumentSymbol[]>(
      'vscode.executeDocumentSymbolProvider',
      uri,
    );
    const names = ['name', 'base', 'experts', 'evaluation', 'methods', 'sweep', 'goals'];
    assert.deepEqual(
      symbols.map(({ name }) => name),
      names,
    );
    assert.equal(symbols[2]?.children.length, 9);
    const folds = await commands.executeCommand<vscode.FoldingRange[]>(
      'vscode.executeFoldingRangeProvider',
      uri,
    );
    assert.ok(folds.some(({ start }) => start === at(document, 'experts:').line));
    const links = await commands.executeCommand<vscode.DocumentLink[]>('vscode.executeLinkProvider', uri);
    // The base and nine experts; the pattern leads to many, so that its definition lists them.
    assert.equal(links.length, 10);
    const definitions = async (text: string) =>
      (
        await commands.executeCommand<vscode.LocationLink[]>(
          'vscode.executeDefinitionProvider',
          uri,
          at(document, text, 3),
        )
      ).map(({ targetUri }) => path.basename(targetUri.fsPath));
    assert.deepEqual(await definitions('./models/S/code'), ['config.json']);
    assert.equal((await definitions('./eval/')).length, 9);
  });
});

describe('a subset in another file', () => {
  it('comes with its provenance at every cursor, and goes with one undo', async () => {
    const text = 'x = \nif x:\n    y = \n';
    const document = await workspace.openTextDocument({ language: 'python', content: text });
    const editor = await window.showTextDocument(document);
    editor.selections = [4, 19].map((offset) => {
      const position = document.positionAt(offset);
      return new vscode.Selection(position, position);
    });
    const subset = { names: ['algebra', 'code'], mergekit: null, remark: 'loss 2.207' };
    assert.ok(await insertSubset(editor, subset));
    assert.equal(
      document.getText(),
      '# loss 2.207\nx = ["algebra", "code"]\nif x:\n    # loss 2.207\n    y = ["algebra", "code"]\n',
    );
    await commands.executeCommand('undo');
    assert.equal(document.getText(), text);
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('keeps its comment above it at the margin', async () => {
    const document = await workspace.openTextDocument({ language: 'yaml', content: '' });
    const editor = await window.showTextDocument(document);
    assert.ok(await insertSubset(editor, { names: ['a'], mergekit: null, remark: 'loss 1' }));
    assert.equal(document.getText(), '# loss 1\nmodels:\n  - model: a');
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });
});
