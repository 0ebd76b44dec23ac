import { Command, InvalidArgumentError } from 'commander'
import { SilentFailure } from '../errors.ts'

interface DoctorFlags {
  engine?: true
  cluster?: string
  library?: string
  timeout: number
  json?: true
}

function seconds(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0 || value > 3600) {
    throw new InvalidArgumentError('It must be a number of seconds, at most 3600.')
  }
  return value
}

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('check the client library, the cluster file, the coordinators and a read')
    .option('--cluster <file>', 'the cluster file; without it, the one that the client would take')
    .option('--library <file>', 'the client library; without it, the one that would be found')
    .option('--engine', 'check the embedded engine, not a cluster')
    .option('--timeout <seconds>', 'how long to wait for a coordinator and for a read', seconds, 5)
    .option('--json', 'print the findings as JSON')
    .action(async (flags: DoctorFlags) => {
      const { runDoctor } = await import('../doctor/run-doctor.ts')
      const { asJson, asText, isWell } = await import('../doctor/print-findings.ts')
      const findings = await runDoctor({
        engine: flags.engine === true || process.env['FDBKIT_ENGINE'] === 'embedded',
        clusterFile: flags.cluster,
        library: flags.library,
        timeoutMs: Math.round(flags.timeout * 1000),
      })
      console.log(flags.json === true ? asJson(findings) : asText(findings))
      if (!isWell(findings)) throw new SilentFailure()
    })
}
