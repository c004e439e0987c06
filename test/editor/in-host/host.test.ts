import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { describe, it } from './bdd.ts';

describe('the host of these tests', () => {
  it('is a real VS Code on a Node that the extension is built for', () => {
    assert.match(vscode.version, /^1\.\d+/);
    assert.ok(Number(process.versions.node.split('.')[0]) >= 22, process.versions.node);
  });

  it('has the sample open as its folder, and trusts it', () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.equal(folder?.name, 'nine-domains');
    assert.equal(vscode.workspace.isTrusted, true);
  });
});
