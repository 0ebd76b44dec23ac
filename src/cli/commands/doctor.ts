import { Command, Option } from 'commander'
import { seconds, toMilliseconds } from './arguments.ts'
import { SilentFailure, UsageError } from '../ground/errors.ts'

interface DoctorFlags {
  embedded?: true
  engine?: true
  cluster?: string
  library?: string
  timeout: number
  json?: true
}

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('check the client library, the cluster file, the coordinators and a read')
    .option('--cluster <file>', 'the cluster file; without it, the one that the client would take')
    .option('--library <file>', 'the client library; without it, the one that would be found')
    .option('--embedded', 'check the embedded engine, not a cluster')
    .addOption(new Option('--engine', 'the earlier name of --embedded').hideHelp())
    .option('--timeout <seconds>', 'how long to wait for a coordinator and for a read', seconds, 5)
    .option('--json', 'print the findings as JSON')
    .action(async (flags: DoctorFlags) => {
      const embedded = flags.embedded === true || flags.engine === true
      if (embedded && (flags.cluster !== undefined || flags.library !== undefined)) {
        throw new UsageError('--embedded excludes --cluster and --library')
      }
      const { runDoctor } = await import('../doctor/run-doctor.ts')
      const { asJson, asText, isWell } = await import('../doctor/print-findings.ts')
      const findings = await runDoctor({
        engine: embedded || (isFree(flags) && process.env['FDBKIT_ENGINE'] === 'embedded'),
        clusterFile: flags.cluster,
        library: flags.library,
        timeoutMs: toMilliseconds(flags.timeout),
      })
      console.log(flags.json === true ? asJson(findings) : asText(findings))
      if (!isWell(findings)) throw new SilentFailure()
    })
}

/** Nothing on the command line says which database is meant. */
const isFree = ({ cluster, library }: DoctorFlags): boolean =>
  cluster === undefined && library === undefined
