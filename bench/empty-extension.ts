/** An extension that does nothing, packaged: what VS Code itself takes to start one, at the same moment. */
import { writeFileSync } from 'node:fs';
import { strToU8, zipSync } from 'fflate';

export const EMPTY_NAME = 'Empty Baseline';

/** Writes the .vsix; it starts for the same `activationEvents`. */
export function writeEmptyExtension(file: string, activationEvents: readonly string[]): void {
  const manifest = {
    name: 'empty-baseline',
    displayName: EMPTY_NAME,
    publisher: 'bench',
    version: '1.0.0',
    engines: { vscode: '^1.90.0' },
    main: './main.js',
    activationEvents,
  };
  const files = {
    'extension/package.json': JSON.stringify(manifest),
    'extension/main.js': 'exports.activate = () => {};',
    'extension.vsixmanifest': `<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata>
    <Identity Language="en-US" Id="empty-baseline" Version="1.0.0" Publisher="bench" />
    <DisplayName>${EMPTY_NAME}</DisplayName>
    <Description xml:space="preserve">Does nothing.</Description>
  </Metadata>
  <Installation><InstallationTarget Id="Microsoft.VisualStudio.Code" /></Installation>
  <Dependencies />
  <Assets><Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true" /></Assets>
</PackageManifest>`,
    '[Content_Types].xml': `<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension=".json" ContentType="application/json" /><Default Extension=".js" ContentType="application/javascript" /><Default Extension=".vsixmanifest" ContentType="text/xml" /></Types>`,
  };
  const entries = Object.entries(files).map(([name, text]) => [name, strToU8(text)]);
  writeFileSync(file, zipSync(Object.fromEntries(entries)));
}
