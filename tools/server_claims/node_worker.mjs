// A worker made with @livekit/agents. It prints one line of JSON for its registration and for each job.
// Arguments: key, secret, address, agent name, job type without its JT_.
import { AgentServer, ServerOptions, defineAgent, initializeLogger } from '@livekit/agents';
import { JobType } from '@livekit/protocol';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(import.meta.url);
const say = (fields) => console.log(JSON.stringify(fields));

export default defineAgent({ entry: async (ctx) => await ctx.connect() });

if (process.argv[1] === file) {
  const [, , apiKey, apiSecret, url, agentName, kind] = process.argv;
  initializeLogger({ pretty: false, level: 'silent' });
  const server = new AgentServer(
    new ServerOptions({
      agent: file,
      agentName,
      serverType: JobType[`JT_${kind}`],
      wsURL: url.replace(/^http/, 'ws'),
      apiKey,
      apiSecret,
      numIdleProcesses: 0,
      port: 0,
      loadFunc: async () => 0,
      requestFunc: async (request) => {
        say({ event: 'job', kind: request.job.type, participant: request.job.participant?.identity ?? '' });
        await request.accept('agent', `agent-${request.id}`);
      },
    }),
  );
  server.event.on('worker_registered', () => say({ event: 'registered' }));
  await server.run();
}
