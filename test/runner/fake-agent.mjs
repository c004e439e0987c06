/** Speaks the agent's protocol, well or badly, as its first argument says. */
import { createInterface } from 'node:readline';

const mode = process.argv[2];
const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

if (mode === 'silent') setInterval(() => {}, 1000);
else if (mode === 'no-module') {
  process.stderr.write('/usr/bin/python3: No module named merge_lab_agent\n');
  process.exit(1);
} else if (mode === 'dies-at-start') {
  process.stderr.write('ImportError: libtorch.so: cannot open shared object file\n');
  process.exit(3);
} else if (mode === 'endless-noise') {
  setInterval(() => process.stdout.write(`${'noise '.repeat(4000)}\n`), 1);
} else {
  if (mode === 'noisy') {
    process.stdout.write(
      'Welcome to gpü-box!\r\nLast login: today\r\nmerge-lab-agent is great\r\n{"jsonrpc":"2.0","id":1,"result":"no"}\r\n',
    );
  }
  process.stdout.write(mode === 'old-banner' ? 'merge-lab-agent 0\n' : 'merge-lab-agent 1\r\n');
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, method, params } = JSON.parse(line);
    if (method === 'hello') {
      say({ id, result: { protocol: mode === 'new-hello' ? 2 : 1, agent: '0.1.0', python: '3.11.0' } });
    } else if (mode === 'hangs') {
      // Never answers again.
    } else if (mode === 'dies' || params?.die) {
      process.stderr.write('Segmentation fault\n');
      process.exit(139);
    } else if (mode === 'endless-answer') {
      for (let sent = 0; sent < 80; sent += 1) process.stdout.write('x'.repeat(1 << 20));
    } else if (mode === 'wrong-error') {
      const data = { code: 'model_missing', message: 'None.', fix: 'Check.', file: { a: 1 } };
      say({ id, error: { code: -32000, message: 'failed', data } });
    } else if (mode === 'error') {
      const data = {
        code: 'model_missing',
        message: 'There is no model.',
        fix: 'Check the path.',
        file: '/m',
      };
      say({ id, error: { code: -32000, message: 'failed', data } });
    } else {
      if (mode === 'chatty') process.stdout.write('UserWarning: something\n[1, 2]\nnull\n');
      say({ method: 'bytes', params: { stream: 1 } });
      say({ id, result: { method, params, pid: process.pid } });
    }
  }
}
