import { Command } from 'commander'
import { positiveInteger } from './arguments.ts'

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
    .description('run a program with tracing on, and write the trace when it ends')
    .argument('<script>', 'the program: a JavaScript module')
    .argument('[args...]', "the program's own arguments, behind --")
    .option('-o, --output <file>', 'where the trace goes', 'trace.jsonl')
    .option('--chrome', 'write the JSON of Chrome tracing and Perfetto instead of JSON lines')
    .option('--limit <events>', 'keep at most so many events', positiveInteger, 1_000_000)
    .action(
      async (
        script: string,
        args: string[],
        flags: { output: string; chrome?: true; limit: number },
      ) => {
        const { traceRun } = await import('../trace/trace-run.ts')
        await traceRun({ script, args, ...flags, chrome: flags.chrome === true })
      },
    )
}

function viewCommand(): Command {
  return new Command('view')
    .description('write a trace as one HTML page: lanes, waits, wakes, and the slowest waits')
    .argument('<file>', 'a trace that `fdbkit trace run` wrote')
    .option('-o, --output <file>', 'where the page goes (default: FILE with .html at its end)')
    .action(async (file: string, flags: { output?: string }) => {
      const { writePage } = await import('../trace/write-page.ts')
      console.log(await writePage(file, flags.output))
    })
}
