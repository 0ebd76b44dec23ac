import { SEED_COUNT } from '../support/seeds.ts'
import { compareStreams } from './reference/compare-streams.ts'

compareStreams({
  apiVersion: 710,
  streamsOfAKind: Math.max(40, SEED_COUNT),
  firstSeed: 4001,
})
