import { Command, Option } from 'commander'
import type { KeyStyle } from '../../tracing/recording/key-text.ts'
import { positiveInteger } from './arguments.ts'

interface RunFlags {
  readonly output: string
  readonly chrome?: true
  readonly conflicts?: true
  readonly keys: KeyStyle
  readonly limit: number
}

export function traceCommand(): Command {
  return new Command('trace')
    .description('the lives of tasks, wakers and futures: record, print and view them')
    .addCommand(demoCommand())
    .addCommand(runCommand())
    .addCommand(viewCommand())
}

function demoCommand(): Command {
  return new Command('demo')
    .description(
      "run a task of two reads on the embedded engine and print its life's three listings",
    )
    .action(async () => {
      const { printDemo } = await import('../trace/print-demo.ts')
      await printDemo()
    })
}

function runCommand(): Command {
  return new Command('run')
    .description('run a program with tracing on, and write the trace and its page when it ends')
    .argument('<script>', 'the program: a module, JavaScript or TypeScript')
    .argument('[args...]', "the program's own arguments, behind --")
    .option(
      '-o, --output <file>',
      'where the trace goes; its page has the same name with .html',
      'trace.jsonl',
    )
    .option('--chrome', 'write the JSON of Chrome tracing and Perfetto instead of JSON lines')
    .option('--conflicts', 'have the cluster report the keys of conflicts')
    .addOption(
      new Option('--keys <style>', 'keys in the trace: cut, whole, or left out')
        .choices(['short', 'whole', 'none'])
        .default('short'),
    )
    .option('--limit <events>', 'keep at most so many events', positiveInteger, 1_000_000)
    .action(async (script: string, args: string[], flags: RunFlags) => {
      const { traceRun } = await import('../trace/trace-run.ts')
      const { chrome = false, conflicts = false } = flags
      await traceRun({ script, args, ...flags, chrome, conflicts })
    })
}

function viewCommand(): Command {
  return new Command('view')
    .description(
      'write a trace as one HTML page: what was slow, what conflicted, what was tried again, and when',
    )
    .argument('<file>', 'a trace that `fdbkit trace run` or a simulation wrote')
    .option(
      '-o, --output <file>',
      'where the page goes (default: FILE with .html in place of .jsonl)',
    )
    .action(async (file: string, flags: { output?: string }) => {
      const { writePage } = await import('../trace/write-page.ts')
      console.log(await writePage(file, flags.output))
    })
}
