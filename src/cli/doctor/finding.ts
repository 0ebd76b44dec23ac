/** What one check found. */
export interface Finding {
  readonly check: string
  /** `skipped`: it could not be checked, because of what an earlier check found. */
  readonly status: 'ok' | 'wrong' | 'skipped'
  /** One line: what is there, or what is missing. */
  readonly found: string
  /** What to do about it, when it is wrong. */
  readonly advice?: string
  /** The same for programs. */
  readonly data?: Readonly<Record<string, string | number | boolean | readonly string[]>>
}

export const ok = (check: string, found: string, data?: Finding['data']): Finding => ({
  check,
  status: 'ok',
  found,
  ...(data === undefined ? {} : { data }),
})

export const wrong = (
  check: string,
  found: string,
  advice: string,
  data?: Finding['data'],
): Finding => ({ check, status: 'wrong', found, advice, ...(data === undefined ? {} : { data }) })

export const skipped = (check: string, found: string): Finding => ({
  check,
  status: 'skipped',
  found,
})
