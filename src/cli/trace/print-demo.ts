import { openEmbedded } from '../../index.ts'
import { traceReads } from '../../tracing/demo.ts'
import type { TraceEvent } from '../../tracing/recording/trace.ts'
import { traceText } from '../../tracing/formats/trace-text.ts'

/** Reads two keys in one task on the embedded engine, and prints the listing of each of its polls. */
export async function printDemo(): Promise<void> {
  const db = openEmbedded()
  try {
    const listings: TraceEvent[][] = await db.doTransaction((tn) =>
      traceReads(() => tn.get('fdbkit-trace-demo'), 2),
    )
    console.log(listings.map((listing) => traceText(listing)).join('\n\n'))
  } finally {
    db.close()
  }
}
