import { Command, CommanderError, Option } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import type { Context, ExitCode } from './command.ts';
import { attach } from './commands/attach.ts';
import { clean } from './commands/clean.ts';
import { doctor } from './commands/doctor.ts';
import { exportExperiment } from './commands/export.ts';
import { hosts } from './commands/hosts.ts';
import { importArchive } from './commands/import.ts';
import { law } from './commands/law.ts';
import { merge } from './commands/merge.ts';
import { plan } from './commands/plan.ts';
import { report } from './commands/report.ts';
import { run } from './commands/run.ts';
import { status } from './commands/status.ts';
import { stop } from './commands/stop.ts';
import { failed } from './failed.ts';
import { Interrupts } from './terminal/interrupts.ts';
import { ioOf } from './terminal/io.ts';
import { workersOption } from './workers-option.ts';

const VERSION: string = manifest.version;

/** Runs one command line to its end and returns the exit code. Nothing it meets ends in a stack trace. */
export async function main(args: readonly string[], process: NodeJS.Process): Promise<ExitCode> {
  const io = ioOf(process);
  const abort = new AbortController();
  const interrupts = new Interrupts();
  const context: Context = { io, signal: abort.signal, interrupts };
  const interrupt = (): void => {
    if (interrupts.tell()) return;
    // The next one ends the process, whatever it waits for.
    process.off('SIGINT', interrupt);
    abort.abort();
  };
  // A reader that has seen enough, as `| head` does, closes the pipe: that is its right, and no failure.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  process.on('SIGINT', interrupt);
  let code: ExitCode = 0;
  const finish = async (work: Promise<ExitCode>): Promise<void> => {
    code = await work;
  };
  const program = programOf(context, finish);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (abort.signal.aborted) return 130;
    return failed(context, error, args.includes('--json'));
  } finally {
    process.off('SIGINT', interrupt);
  }
}

type Finish = (work: Promise<ExitCode>) => Promise<void>;

function programOf(context: Context, finish: Finish): Command {
  const program = new Command('merge-lab')
    .description('How many experts to merge, which ones, how sure that is, and what one more would buy.')
    .version(VERSION, '-v, --version', 'print the version')
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true });
  const json = (): Option => new Option('--json', 'print one JSON document').default(false);
  const device = (): Option => new Option('--device <name>', 'where merges run: auto, cpu, cuda:0, ...');
  const on = (): Option =>
    new Option(
      '--on <host>',
      'where merges run: local, a host of hosts.yaml, or an alias of your ssh configuration',
    );
  const yes = (): Option =>
    new Option(
      '--yes',
      'agree to what setting a host up does, and to copies of models that it lacks',
    ).default(false);
  const full = (): Option =>
    new Option('--full', 'add the law of every domain, and the study').default(false);
  const command = (name: string, description: string): Command =>
    program.command(name).description(description);

  command('run <file>', 'plan, run with live numbers, then report')
    .addOption(new Option('--detach', 'start the run and leave it going').default(false))
    .addOption(
      new Option(
        '--verify',
        'then merge and score what is foretold to beat what is measured; of an ensemble, average logits of its best pools',
      ),
    )
    .addOption(new Option('--no-verify', 'of an ensemble, average no logits: otherwise done where cheap'))
    .addOption(
      new Option(
        '--downstream',
        'then score the base, the experts and the chosen merges on the tasks under evaluation.downstream',
      )
        .default(false)
        .conflicts('detach'),
    )
    .addOption(on())
    .addOption(yes())
    .addOption(device())
    .addOption(
      new Option(
        '--workers <auto|n>',
        'processes that share the run: auto is one a GPU, else as many as keep the cores busy',
      ).argParser(workersOption),
    )
    .addOption(full())
    .addOption(json())
    .action((file, options, self: Command) => {
      // By hand: a conflict of --verify is one of --no-verify, too.
      if (options.verify && options.detach)
        self.error("error: option '--verify' cannot be used with option '--detach'");
      return finish(run(context, file, options));
    });
  command('plan <file>', 'what a run would do and take; runs nothing')
    .addOption(on())
    .addOption(yes())
    .addOption(device())
    .option('--budget', 'instead: which size and how many experts to train, from what is measured')
    .option('--gpu-hours <hours>', "of the budget, in place of the file's: for training")
    .option('--hours-per-expert <hours>', 'to train one expert, for each billion parameters')
    .option('--max-parameters <count>', 'of the model that is served, e.g. 14B')
    .option('--memory <bytes>', 'for its weights, e.g. 80GB')
    .option('--target-loss <nats>', 'what is to be reached')
    .addOption(json())
    .action((file, options) => finish(plan(context, file, options)));
  command('status <file>', 'what is measured, and whether a run goes on')
    .addOption(on())
    .addOption(json())
    .action((file, options) => finish(status(context, file, options)));
  command('attach <file>', 'follow a run that is going on')
    .addOption(on())
    .addOption(full())
    .addOption(json())
    .action((file, options) => finish(attach(context, file, { ...options, detach: false })));
  command('stop <file>', 'end its run after the current merge')
    .addOption(on())
    .addOption(new Option('--now', 'do not wait for the current merge').default(false))
    .addOption(json())
    .action((file, options) => finish(stop(context, file, options)));
  command('report <file>', 'the report from what is measured; runs nothing')
    .addOption(on())
    .addOption(full())
    .option('--method <name>', 'show this method in detail')
    .option('--size <name>', 'show this size in detail')
    .addOption(
      new Option('--shapley', 'add Shapley values: over every order in which experts could join').default(
        false,
      ),
    )
    .addOption(
      new Option(
        '--html [page]',
        'write it as one page for any browser, beside the experiment or to this file',
      )
        // The page shows them all.
        .conflicts(['full', 'method', 'size']),
    )
    .addOption(json())
    .action((file, options) => finish(report(context, file, options)));
  addLaw(
    command(
      'law <points.csv>',
      "fit the law to anybody's numbers: columns k, loss, and optionally N or parameters, domain, std, n, weight; without a std for each k, points weigh as n, else weight, else k",
    ),
  )
    .addOption(json())
    .action((file, options) => finish(law(context, file, options)));
  command('merge <file>', 'write a merged model: what the file says under merge, else the recommended subset')
    .addOption(new Option('--subset <a,b,c>', 'experts to merge').conflicts('weights'))
    .option('--weights <a=0.6,b=0.4>', 'θ0 + Σ w·v: the multiple of each task vector, whatever the method')
    .option('--out <folder>', 'where to write it')
    .option('--method <name>', 'with this method of the experiment')
    .addOption(
      new Option('--scale <number>', "at this scale of the plan's, where it is tuned").conflicts('weights'),
    )
    .option('--size <name>', 'at this size of the experiment')
    .addOption(on())
    .addOption(json())
    .action((file, options) => finish(merge(context, file, options)));
  command('export <file> [archive]', 'an experiment with its results as one archive, to share')
    .addOption(json())
    .action((file, archive, options) => finish(exportExperiment(context, file, archive, options)));
  command('import <archive> [folder]', 'unpack such an archive; its results join the store of the folder')
    .addOption(json())
    .action((archive, folder, options) => finish(importArchive(context, archive, folder, options)));
  command('hosts [host]', 'the hosts that experiments may run on, or a look at one of them')
    .addOption(
      new Option('--set-up', 'make it ready: copy the agent, and make its environment').default(false),
    )
    .addOption(yes())
    .addOption(json())
    .action((host, options) => finish(hosts(context, host, options)));
  command('clean [host]', 'remove environments and agents of other versions, here or on a host, after asking')
    .addOption(new Option('--yes', 'remove without asking').default(false))
    .addOption(json())
    .action((host, options) => finish(clean(context, host, options)));
  command('doctor', 'what is installed, what is missing, and the command that mends it')
    .addOption(json())
    .action((options) => finish(doctor(context, options)));
  return program;
}

function addLaw(command: Command): Command {
  const numbers = (text: string): number[] => text.split(',').map((part) => Number(part.trim()));
  return command
    .addOption(new Option('--forecast <k,...>', 'also forecast these k').argParser(numbers))
    .addOption(
      new Option(
        '--forecast-size <N,...>',
        'also forecast these sizes, billions, from four sizes on',
      ).argParser(numbers),
    )
    .addOption(
      new Option('--form <form>', 'use this form').choices(['paper', 'signed', 'quadratic', 'power', 'flat']),
    )
    .addOption(
      new Option('--within <nats>', 'goal: the smallest k within this of the best')
        .argParser(Number)
        .conflicts(['epsilon', 'return']),
    )
    .addOption(
      new Option('--epsilon <nats>', 'goal: within this of the floor')
        .argParser(Number)
        .conflicts(['within', 'return']),
    )
    .addOption(
      new Option('--return <share>', 'goal: this share of the improvement')
        .argParser(Number)
        .conflicts(['within', 'epsilon']),
    )
    .addOption(
      new Option('--pool <M>', 'number of experts there are; default the largest k').argParser(Number),
    );
}
