// Each test is checked: it leaves nothing behind, and the seeds of its faults are printed when it fails.
import { afterEach, beforeEach } from 'vitest'
import { checkEachTest } from 'fdbkit/testing'

checkEachTest({ beforeEach, afterEach })
