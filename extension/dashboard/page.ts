import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { dashboardHtml } from '../../webview/html.ts';

/** The page's HTML for a panel: scripts by nonce, nothing from elsewhere. */
export function pageFor(
  webview: vscode.Webview,
  extension: vscode.Uri,
  experiment: vscode.Uri,
  title: string,
): string {
  const at = (name: string) => ({
    uri: webview.asWebviewUri(vscode.Uri.joinPath(extension, 'dist', 'webview', name)).toString(),
  });
  return dashboardHtml({
    title,
    script: at('dashboard.js'),
    styles: [at('dashboard.css')],
    nonce: randomBytes(16).toString('base64'),
    source: webview.cspSource,
    experiment: experiment.toString(),
    state: null,
  });
}
