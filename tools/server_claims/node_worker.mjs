// Registers a worker by @livekit/agents and prints every job request as a line of JSON; each is refused.
// Arguments: address (ws://…), job type, agent name.
import { AgentServer, ServerOptions, initializeLogger } from '@livekit/agents';
import { JobType } from '@livekit/protocol';
import { fileURLToPath } from 'node:url';

const [, , wsURL, jobType, agentName] = process.argv;

initializeLogger({ pretty: false, level: 'silent' });
const server = new AgentServer(
  new ServerOptions({
    agent: fileURLToPath(import.meta.url),
    agentName,
    serverType: JobType[jobType],
    wsURL,
    apiKey: 'devkey',
    apiSecret: 'secret',
    numIdleProcesses: 0,
    port: 0,
    requestFunc: async (request) => {
      console.log(JSON.stringify({ room: request.job.room.name, type: JobType[request.job.type], name: request.job.agentName }));
      await request.reject();
    },
  }),
);
server.event.on('worker_registered', () => console.log('"registered"'));
await server.run();
