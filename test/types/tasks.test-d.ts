import { describe, expectTypeOf, test } from 'vitest'
import type { FdbFuture } from '../../src/index.ts'
import {
  BridgeChannel,
  Fwd,
  PromiseFuture,
  PromiseStream,
  Ret,
  actor,
  bounded,
  broadcast,
  choose,
  fdbSpawn,
  fwdToStream,
  json,
  oneshot,
  pushPipe,
  race,
  sleep,
  spawnRet,
  streamToFwd,
  timeout,
  uint32,
  unbounded,
  utf8,
  wait,
  waitNext,
  when,
} from '../../src/task/index.ts'
import type {
  BroadcastReceiver,
  BroadcastSender,
  FlowFuture,
  FutureStream,
  FwdStream,
  Maybe,
  JoinHandle,
  OneshotReceiver,
  OneshotSender,
  Receiver,
  Sender,
  UnboundedSender,
  Wait,
  DataHandle,
} from '../../src/task/index.ts'

declare const future: FdbFuture<Buffer | undefined>
declare const flow: FutureStream<number>
declare const receiver: Receiver<number>
declare const iterable: AsyncIterable<number>
declare const forwarded: FwdStream<number>
declare const numbers: Fwd<Maybe<number>>

describe('streams', () => {
  test('of any kind can be forwarded, to a Fwd of their values', () => {
    for (const stream of [flow, receiver, iterable, forwarded]) {
      expectTypeOf(streamToFwd(stream, numbers)).toEqualTypeOf<JoinHandle<void>>()
    }
    // @ts-expect-error -- it takes texts
    void streamToFwd(flow, new Fwd<Maybe<string>>(() => undefined))
    // @ts-expect-error -- no stream
    void streamToFwd([1], numbers)
  })

  test('that a Fwd feeds are async iterables', () => {
    expectTypeOf(forwarded).toExtend<AsyncIterable<number>>()
    expectTypeOf(fwdToStream<number>().stream).toEqualTypeOf<FwdStream<number>>()
  })
})

describe('tasks', () => {
  test('give what their body returns', () => {
    expectTypeOf(fdbSpawn(async () => 5)).toEqualTypeOf<JoinHandle<number>>()
    const handle = fdbSpawn(function* () {
      const value = yield* future
      expectTypeOf(value).toEqualTypeOf<Buffer | undefined>()
      yield* sleep(10)
      return value?.length
    })
    expectTypeOf(handle).toEqualTypeOf<JoinHandle<number | undefined>>()
    expectTypeOf(handle).resolves.toEqualTypeOf<number | undefined>()
    expectTypeOf(handle.result()).toEqualTypeOf<number | undefined>()
    expectTypeOf(timeout(10, future)).toEqualTypeOf<Wait<Buffer | undefined>>()
    // @ts-expect-error a number can't be polled
    void fdbSpawn(5)
  })
})

describe('channels', () => {
  test('from many to one hold values of one type', async () => {
    const [sender, receiver] = bounded<number>(2)
    expectTypeOf(sender).toEqualTypeOf<Sender<number>>()
    expectTypeOf(receiver).toEqualTypeOf<Receiver<number>>()
    expectTypeOf(sender.send).parameters.toEqualTypeOf<[value: number]>()
    for await (const value of receiver) expectTypeOf(value).toEqualTypeOf<number>()
    expectTypeOf(receiver.tryRecv()?.value).toEqualTypeOf<number | undefined>()
    expectTypeOf(unbounded<string>()).toEqualTypeOf<[UnboundedSender<string>, Receiver<string>]>()
    // @ts-expect-error a number is sent here
    void sender.send('a')
    // @ts-expect-error a sender of numbers is none of text
    expectTypeOf(sender).toEqualTypeOf<Sender<string>>()
  })

  test('for one value, and for all receivers', () => {
    expectTypeOf(oneshot<string>()).toEqualTypeOf<
      [OneshotSender<string>, OneshotReceiver<string>]
    >()
    expectTypeOf(oneshot<string>()[1]).resolves.toEqualTypeOf<string>()
    const sender = broadcast<number>(4)
    expectTypeOf(sender).toEqualTypeOf<BroadcastSender<number>>()
    expectTypeOf(sender.subscribe()).toEqualTypeOf<BroadcastReceiver<number>>()
  })

  test('between workers have a type each way, as their codecs do', () => {
    const options = {
      requests: { capacity: 8, codec: uint32 },
      responses: { capacity: 8, codec: utf8(64) },
    }
    const bridge = new BridgeChannel(options)
    expectTypeOf(bridge).toEqualTypeOf<BridgeChannel<number, string>>()
    expectTypeOf(bridge.control.sendRequest).parameter(0).toEqualTypeOf<number>()
    expectTypeOf(bridge.control.recvResponse()).resolves.toEqualTypeOf<string>()
    expectTypeOf(bridge.data).toEqualTypeOf<DataHandle<number, string>>()
    expectTypeOf(bridge.data.pin().recvRequest()).resolves.toEqualTypeOf<number>()
    expectTypeOf(json<{ a: 1 }>(64).maxBytes).toEqualTypeOf<number>()
    // @ts-expect-error a request is a number
    void bridge.control.sendRequest('a')
  })
})

describe("Flow's actors", () => {
  test('are functions from their arguments to a future', () => {
    const add = actor(function* (left: FlowFuture<number>, right: number) {
      const value = yield* wait(left)
      expectTypeOf(value).toEqualTypeOf<number>()
      return String(value + right)
    })
    expectTypeOf(add).toEqualTypeOf<
      (left: FlowFuture<number>, right: number) => FlowFuture<string>
    >()
    expectTypeOf(new PromiseFuture<Date>().promise.send).parameters.toEqualTypeOf<[value: Date]>()
    expectTypeOf(new PromiseFuture<Date>().future).toEqualTypeOf<FlowFuture<Date>>()
  })

  test('choose gives what any of its arms gives', () => {
    const numbers = new PromiseStream<number>()
    expectTypeOf(numbers.getFuture()).toEqualTypeOf<FutureStream<number>>()
    const handle = fdbSpawn(function* () {
      return yield* choose(
        when(waitNext(numbers.getFuture()), (n) => {
          expectTypeOf(n).toEqualTypeOf<number>()
          return n > 1
        }),
        when(sleep(10), () => 'late'),
      )
    })
    expectTypeOf(handle).toEqualTypeOf<JoinHandle<boolean | string>>()
    expectTypeOf(race([future])).toEqualTypeOf<Wait<{ index: number; value: Buffer | undefined }>>()
  })
})

describe("Stakker's ends", () => {
  test('carry values of one type', () => {
    const fwd = new Fwd<string>((text) => expectTypeOf(text).toEqualTypeOf<string>())
    expectTypeOf(fwd.fwd).parameters.toEqualTypeOf<[value: string]>()
    const ret = new Ret<number>((maybe) =>
      expectTypeOf(maybe).toEqualTypeOf<{ readonly value: number } | undefined>(),
    )
    expectTypeOf(ret.ret).parameters.toEqualTypeOf<[value: number]>()
    expectTypeOf(pushPipe<Date>().ret).toEqualTypeOf<Ret<Date>>()
    expectTypeOf(pushPipe<Date>().future).toEqualTypeOf<Wait<Date>>()
    expectTypeOf(fwdToStream<Date>()).toEqualTypeOf<{
      fwd: Fwd<Maybe<Date>>
      stream: FwdStream<Date>
    }>()
    expectTypeOf(spawnRet(async () => new Date(), pushPipe<Date>().ret)).resolves.toBeVoid()
    // @ts-expect-error a Ret of dates takes no text
    void spawnRet(async () => 'a', pushPipe<Date>().ret)
    // @ts-expect-error text is sent here
    fwd.fwd(1)
  })
})
