// What the claims' scripts for Node stand on. Everything is the SDK's own but the room, which connects to nothing.
import { JobContext, JobProcess, initializeLogger, runWithJobContextAsync } from '@livekit/agents';
import { ConnectionState, Room } from '@livekit/rtc-node';

initializeLogger({ pretty: false, level: 'warn' });

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A room whose connect waits a moment, and says so. */
export class QuietRoom extends Room {
  joined = false;

  async connect(url, token, options) {
    console.log(`CONNECT autoSubscribe=${options.autoSubscribe} e2ee=${Boolean(options.e2ee)}`);
    await wait(100);
    this.joined = true;
    this.localParticipant = { identity: 'agent', sid: 'PA_agent', setAttributes: async () => {} };
    console.log('CONNECTED');
  }

  get isConnected() {
    return this.joined;
  }

  get connectionState() {
    return this.joined ? ConnectionState.CONN_CONNECTED : ConnectionState.CONN_DISCONNECTED;
  }
}

/** A job's context over a quiet room, with nothing running around it. */
export function context() {
  const info = {
    job: { id: 'job-1', room: { sid: 'RM_1', name: 'room' }, agentName: '', enableRedaction: false },
    acceptArguments: { name: '', identity: 'agent', metadata: '' },
    url: 'ws://localhost:1',
    token: '',
    workerId: 'worker',
  };
  return new JobContext(
    new JobProcess(),
    info,
    new QuietRoom(),
    () => {},
    (reason) => console.log(`SHUTDOWN ${reason}`),
    null,
  );
}

/** Runs something within a job's context, prints what it throws, and ends the process. */
export async function run(body) {
  const ctx = context();
  process.on('unhandledRejection', (error) => console.log(`UNHANDLED ${error}`));
  try {
    await runWithJobContextAsync(ctx, () => body(ctx));
  } catch (error) {
    said(error);
  }
  process.exit(0);
}

export function said(error) {
  console.log(`${error.name}: ${error.message}`);
}

/**
 * Lets a worker with these options register with a stand-in for LiveKit on the loopback interface, and offers it one
 * job. Prints what the worker sends: REGISTERED and ANSWER.
 */
export async function offer(options) {
  const { AgentServer, ServerOptions } = await import('@livekit/agents');
  const { Job, JobType, RegisterWorkerResponse, AvailabilityRequest, Room, ServerMessage, WorkerMessage } = await import(
    '@livekit/protocol'
  );
  const { WebSocketServer } = await import('ws');

  let registered;
  const registration = new Promise((resolve) => (registered = resolve));
  const livekit = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  livekit.on('connection', (socket) => {
    const send = (which, value) => socket.send(new ServerMessage({ message: { case: which, value } }).toBinary());
    socket.on('message', (data) => {
      const { message } = WorkerMessage.fromBinary(new Uint8Array(data));
      if (message.case === 'register') {
        console.log(`REGISTERED ${JobType[message.value.type]}`);
        send('register', new RegisterWorkerResponse({ workerId: 'AW_1' }));
        const job = new Job({ id: 'AJ_1', type: JobType.JT_ROOM, room: new Room({ sid: 'RM_1', name: 'other' }) });
        send('availability', new AvailabilityRequest({ job }));
        registered();
      } else if (message.case === 'availability') {
        const { available, terminate, participantIdentity } = message.value;
        console.log(`ANSWER available=${available} terminate=${terminate} identity=${participantIdentity}`);
      }
    });
  });
  await new Promise((resolve) => livekit.on('listening', resolve));

  const server = new AgentServer(
    new ServerOptions({
      agent: process.argv[1],
      wsURL: `ws://127.0.0.1:${livekit.address().port}`,
      apiKey: 'key',
      apiSecret: 'a-secret-that-is-long-enough-for-a-signature',
      numIdleProcesses: 0,
      port: 0,
      loadFunc: async () => 0,
      ...options,
    }),
  );
  server.run().catch(said);
  await Promise.race([registration, wait(60_000)]);
  await wait(3_000);
  console.log('WAITED');
  // Its inference process would outlive this one by fifteen seconds.
  await Promise.race([server.close(), wait(10_000)]);
  process.exit(0);
}
