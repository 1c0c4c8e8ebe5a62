// What the claims' scripts for Node stand on. Everything is the SDK's own but the room, which connects to nothing.
import { JobContext, JobProcess, initializeLogger, runWithJobContextAsync } from '@livekit/agents';
import { ConnectionState, Room } from '@livekit/rtc-node';

initializeLogger({ pretty: false, level: 'warn' });

/** A room whose connect waits a moment, and says so. */
export class QuietRoom extends Room {
  joined = false;

  async connect(url, token, options) {
    console.log(`CONNECT autoSubscribe=${options.autoSubscribe} e2ee=${Boolean(options.e2ee)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
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
