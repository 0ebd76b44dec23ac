// What exists for `yield*` is no list: a loop over it gets a TypeError, and not a silence that nobody notices.
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { packageRoot } from '../../src/native/library/engine-path.ts'
import {
  BridgeChannel,
  bounded,
  broadcast,
  byRef,
  choose,
  fdbSpawn,
  fromPromise,
  Fwd,
  fwdToStream,
  fwdToStreamResult,
  interval,
  oneshot,
  type Pollable,
  PromiseFuture,
  PromiseStream,
  pullPipe,
  pullPipeResult,
  pushPipe,
  pushPipeResult,
  race,
  Ret,
  Runtime,
  sleep,
  spawnRet,
  streamToFwd,
  suspend,
  timeout,
  uint32,
  wait,
  waitNext,
  when,
  yieldNow,
} from '../../src/task/index.ts'

/** The type of what `yield*` takes: it can be polled, or is a task's generator. */
function isForYield(checker: ts.TypeChecker, type: ts.Type): boolean {
  if (type.isUnion()) return type.types.some((part) => isForYield(checker, part))
  if (['Generator', 'IterableIterator', 'Suspended'].includes(type.symbol?.name)) return true
  const names = type.getProperties().map(({ name }) => name)
  return names.includes('poll') && names.some((name) => name.startsWith('__@iterator'))
}

/** `sleep`, `Receiver.recv`, `PromiseFuture.future`: all that the entry point has for `yield*`. */
function findForYield(): string[] {
  const path = join(packageRoot(), 'src/task/index.ts')
  const config = ts.readConfigFile(join(packageRoot(), 'tsconfig.json'), (file) =>
    ts.sys.readFile(file),
  )
  const { options } = ts.convertCompilerOptionsFromJson(
    (config.config as { compilerOptions: unknown }).compilerOptions,
    packageRoot(),
  )
  const program = ts.createProgram([path], { ...options, noEmit: true })
  const checker = program.getTypeChecker()
  const found: string[] = []
  const entry = checker.getSymbolAtLocation(program.getSourceFile(path)!)!
  for (const exported of checker.getExportsOfModule(entry)) {
    const symbol =
      (exported.flags & ts.SymbolFlags.Alias) === 0 ? exported : checker.getAliasedSymbol(exported)
    if ((symbol.flags & ts.SymbolFlags.Value) === 0) continue
    for (const signature of checker.getTypeOfSymbol(symbol).getCallSignatures()) {
      const returned = signature.getReturnType()
      if (isForYield(checker, returned)) found.push(exported.name)
      // `{ ret, future }`
      if (returned.symbol?.name !== '__type') continue
      for (const member of returned.getProperties()) {
        if (!isForYield(checker, checker.getTypeOfSymbol(member))) continue
        found.push(`${exported.name}.${member.name}`)
      }
    }
    if ((symbol.flags & ts.SymbolFlags.Class) === 0) continue
    const instance = checker.getDeclaredTypeOfSymbol(symbol)
    if (isForYield(checker, instance)) found.push(exported.name)
    for (const member of instance.getProperties()) {
      const isHidden = member.getJsDocTags().some(({ name }) => name === 'internal')
      if (isHidden || /^(?:__|#)/.test(member.name)) continue
      const type = checker.getTypeOfSymbol(member)
      const returned = type.getCallSignatures().map((signature) => signature.getReturnType())
      if ([type, ...returned].some((one) => isForYield(checker, one))) {
        found.push(`${exported.name}.${member.name}`)
      }
    }
  }
  return [...new Set(found)].sort()
}

const ready: Pollable<number> = { poll: () => 1 }
const stream = (): PromiseStream<number> => new PromiseStream<number>()
const receiver = () => bounded<number>(1)[1]
const caster = () => broadcast<number>(1)
const fwdStream = () => fwdToStream<number>().stream
const resultStream = () => fwdToStreamResult<number>().stream
const future = () => new PromiseFuture<number>().future
const receiving = () => oneshot<number>()[1]
const bridge = () =>
  new BridgeChannel({
    requests: { codec: uint32, capacity: 1 },
    responses: { codec: uint32, capacity: 1 },
  })
const handle = () => fdbSpawn(ready)

/** One of each that the types say. */
const SAMPLES: Record<string, () => Iterable<unknown>> = {
  BroadcastReceiver: () => caster().subscribe(),
  'BroadcastReceiver.clone': () => caster().subscribe().clone(),
  'BroadcastReceiver.next': () => caster().subscribe().next(),
  'BroadcastReceiver.wait': () => caster().subscribe().wait(),
  'BroadcastSender.subscribe': () => caster().subscribe(),
  'ControlHandle.recvResponse': () => bridge().control.recvResponse(),
  'ControlHandle.recvResponses': () => bridge().control.recvResponses(1),
  'ControlHandle.sendRequest': () => bridge().control.sendRequest(1),
  FlowFuture: future,
  'FlowFuture.clone': () => future().clone(),
  'FlowFuture.wait': () => future().wait(),
  'FlowPromise.getFuture': () => new PromiseFuture<number>().promise.getFuture(),
  FutureStream: () => stream().getFuture(),
  'FutureStream.wait': () => stream().getFuture().wait(),
  FwdResultStream: resultStream,
  'FwdResultStream.next': () => resultStream().next(),
  'FwdResultStream.wait': () => resultStream().wait(),
  FwdStream: fwdStream,
  'FwdStream.next': () => fwdStream().next(),
  'FwdStream.wait': () => fwdStream().wait(),
  'Interval.tick': () => interval(1).tick(),
  JoinHandle: handle,
  'JoinHandle.keep': () => handle().keep(),
  'JoinHandle.wait': () => handle().wait(),
  OneshotReceiver: receiving,
  'OneshotReceiver.wait': () => receiving().wait(),
  'OneshotSender.closed': () => oneshot<number>()[0].closed(),
  'PinnedDataHandle.recvRequest': () => bridge().data.pin().recvRequest(),
  'PinnedDataHandle.recvRequests': () => bridge().data.pin().recvRequests(1),
  'PinnedDataHandle.sendResponse': () => bridge().data.pin().sendResponse(1),
  'PromiseFuture.future': future,
  'PromiseStream.getFuture': () => stream().getFuture(),
  Receiver: receiver,
  'Receiver.next': () => receiver().next(),
  'Receiver.recv': () => receiver().recv(),
  'Receiver.wait': () => receiver().wait(),
  'Runtime.fdbSpawn': () => new Runtime().fdbSpawn(ready),
  'Runtime.spawn': () => new Runtime({ waking: 'in place' }).spawn(ready),
  'Sender.send': () => bounded<number>(1)[0].send(1),
  Shared: handle,
  'Shared.wait': () => handle().wait(),
  Wait: () => sleep(1),
  byRef: () => byRef(ready),
  choose: () => choose(when(ready)),
  fdbSpawn: handle,
  fromPromise: () => fromPromise(Promise.resolve(1)),
  'fwdToStream.stream': fwdStream,
  'fwdToStreamResult.stream': resultStream,
  pullPipe: () => pullPipe(new Ret<Ret<number>>(() => undefined)),
  pullPipeResult: () => pullPipeResult(new Ret<Ret<number>>(() => undefined)),
  'pushPipe.future': () => pushPipe<number>().future,
  'pushPipeResult.future': () => pushPipeResult<number>().future,
  race: () => race([ready]),
  sleep: () => sleep(1),
  spawnRet: () => spawnRet(ready, new Ret(() => undefined)),
  streamToFwd: () => {
    const flow = stream()
    flow.sendError()
    return streamToFwd(flow.getFuture(), new Fwd(() => undefined))
  },
  suspend: () => suspend(ready),
  timeout: () => timeout(1, ready),
  wait: () => wait(ready),
  waitNext: () => waitNext(stream().getFuture()),
  yieldNow: () => yieldNow(),
}

const promises = (list: Iterable<never>): Iterable<Promise<never>> => list

/** The ways to go through a list. */
const LOOPS: Record<string, (list: Iterable<never>) => unknown> = {
  'for of': (list) => {
    for (const item of list) return item
    return undefined
  },
  spread: (list) => [...list],
  arguments: (list) => Math.max(...list),
  destructuring: (list) => {
    const [first] = list
    return first
  },
  rest: (list) => {
    const [...all] = list
    return all
  },
  'Array.from': (list) => Array.from(list),
  Set: (list) => new Set(list),
  Map: (list) => new Map(list),
  'Promise.all': (list) => Promise.all(promises(list)),
  'Promise.race': (list) => Promise.race(promises(list)),
  'Promise.any': (list) => Promise.any(promises(list)),
  'Promise.allSettled': (list) => Promise.allSettled(promises(list)),
}

describe('what is for yield* only', () => {
  it('has an example here, each that the entry point exports', () => {
    expect(findForYield()).toEqual(Object.keys(SAMPLES).sort())
  })

  it.each(Object.keys(SAMPLES))('%s: every loop gets a TypeError', async (name) => {
    for (const [way, loop] of Object.entries(LOOPS)) {
      const sample = SAMPLES[name]!() as Iterable<never>
      const gone = async (): Promise<unknown> => await loop(sample)
      const problem: unknown = await gone().catch((error: unknown) => error)
      expect(problem, way).toBeInstanceOf(TypeError)
      expect((problem as Error).message).toMatch(/is no list: wait for it by yield\*/)
      // Not the second time either.
      await expect(gone(), way).rejects.toThrow(TypeError)
    }
  })
})
