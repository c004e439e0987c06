/** Outline, folding, links and definitions as the editor wants them: conversions, no decisions. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { type EditedDocuments, rootsOf } from './edited-documents.ts';
import { folds } from './folding.ts';
import { definitionAt, type FileLink, fileLinks } from './links.ts';
import { type OutlineSymbol, symbols } from './symbols.ts';
import { fromPosition, toRange } from './vscode-ranges.ts';

const SYMBOL_KINDS: Readonly<Record<OutlineSymbol['kind'], vscode.SymbolKind>> = {
  section: vscode.SymbolKind.Module,
  expert: vscode.SymbolKind.Variable,
  method: vscode.SymbolKind.Function,
  domain: vscode.SymbolKind.Field,
  size: vscode.SymbolKind.Class,
  value: vscode.SymbolKind.Property,
};

export function symbolProvider(documents: EditedDocuments): vscode.DocumentSymbolProvider {
  return { provideDocumentSymbols: (document) => symbols(documents.of(document)).map(toSymbol) };
}

function toSymbol({ name, detail, kind, range, selection, children }: OutlineSymbol): vscode.DocumentSymbol {
  const symbol = new vscode.DocumentSymbol(
    name,
    detail,
    SYMBOL_KINDS[kind],
    toRange(range),
    toRange(selection),
  );
  symbol.children = children.map(toSymbol);
  return symbol;
}

export function foldingProvider(documents: EditedDocuments): vscode.FoldingRangeProvider {
  return {
    provideFoldingRanges: (document) =>
      folds(documents.of(document)).map(
        ({ begin, end, kind }) =>
          new vscode.FoldingRange(
            begin - 1,
            end - 1,
            kind === 'comment' ? vscode.FoldingRangeKind.Comment : undefined,
          ),
      ),
  };
}

export function linkProvider(documents: EditedDocuments): vscode.DocumentLinkProvider {
  return {
    provideDocumentLinks: (document) => {
      const roots = rootsOf(document);
      if (!roots) return [];
      // A pattern leads to many: its definition lists them.
      return fileLinks(documents.of(document), roots).flatMap(({ kind, range, targets }) => {
        const [target] = targets;
        if (!target || targets.length > 1) return [];
        const link = new vscode.DocumentLink(toRange(range), linkTarget(kind, target.path));
        link.tooltip = TOOLTIPS[kind];
        return [link];
      });
    },
  };
}

const TOOLTIPS: Readonly<Record<FileLink['kind'], string>> = {
  model: 'Show the model',
  task: 'Show the task',
  data: 'Open the file',
  template: 'Open the file',
};

/** A folder is shown where folders are shown; outside of the workspace its configuration is opened. */
function linkTarget(kind: FileLink['kind'], target: string): vscode.Uri {
  const uri = vscode.Uri.file(target);
  if (kind !== 'model' && kind !== 'task') return uri;
  if (!vscode.workspace.getWorkspaceFolder(uri))
    return vscode.Uri.joinPath(uri, kind === 'model' ? 'config.json' : 'task.yaml');
  return vscode.Uri.parse(`command:revealInExplorer?${encodeURIComponent(JSON.stringify([uri]))}`);
}

export function definitionProvider(documents: EditedDocuments): vscode.DefinitionProvider {
  return {
    provideDefinition: async (document, position) => {
      const roots = rootsOf(document);
      const link = roots && definitionAt(documents.of(document), fromPosition(position), roots);
      if (!link) return null;
      const files = await Promise.all(link.targets.map((target) => openable(link.kind, target.path)));
      return files
        .filter((file) => file !== null)
        .map(
          (file): vscode.LocationLink => ({
            originSelectionRange:
              document.getWordRangeAtPosition(position, /[^\s,[\]{}"']+/) ?? toRange(link.range),
            targetUri: vscode.Uri.file(file),
            targetRange: new vscode.Range(0, 0, 0, 0),
          }),
        );
    },
  };
}

/** In the folder of a model or a task, what says what it is. */
const INSIDE: Readonly<Partial<Record<FileLink['kind'], readonly string[]>>> = {
  model: ['config.json', 'adapter_config.json'],
  task: ['task.yaml', 'task.yml'],
};

/** The file itself, or that of a folder; null where there is none. */
async function openable(kind: FileLink['kind'], target: string): Promise<string | null> {
  const files = INSIDE[kind]?.map((name) => path.join(target, name)) ?? [target];
  for (const file of files) {
    try {
      if ((await stat(file)).isFile()) return file;
    } catch {
      // The next one, or none.
    }
  }
  return null;
}
