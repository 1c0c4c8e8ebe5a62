/** Starts the language server of lkagent-lint in the project's Python environment, and says how it fares. */

import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions, type ServerOptions, State } from "vscode-languageclient/node";

import { type Launch, findLaunch, onInterpreterChange } from "./interpreter";

const SECTION = "lkagent-lint";
const LANGUAGES = [
  "python",
  "typescript",
  "typescriptreact",
  "javascript",
  "javascriptreact",
  "json",
  "jsonc",
  "yaml",
  "toml",
  "shellscript",
  "dockerfile",
  "makefile",
  "dotenv",
  "properties",
  "pip-requirements",
];
/** Files in which something is found, or on which a finding in another file depends. */

class Server {
  private client: LanguageClient | undefined;
  private readonly output = vscode.window.createOutputChannel("lkagent-lint", { log: true });
  private readonly status = vscode.languages.createLanguageStatusItem(
    SECTION,
    LANGUAGES.map((language) => ({ language, scheme: "file" })),
  );
  /** Starts and stops take their turn: a second restart waits for the first. */
  private turn: Promise<void> = Promise.resolve();

  constructor() {
    this.status.name = "lkagent-lint";
    this.status.command = { command: "lkagent-lint.restart", title: "Restart" };
  }

  showOutput(): void {
    this.output.show();
  }

  restart(): Promise<void> {
    this.turn = this.turn.then(() => this.stopNow()).then(() => this.startNow());
    return this.turn;
  }

  async dispose(): Promise<void> {
    this.turn = this.turn.then(() => this.stopNow());
    await this.turn;
    this.status.dispose();
    this.output.dispose();
  }

  private async startNow(): Promise<void> {
    const launch = await findLaunch();
    this.say("starting", vscode.LanguageStatusSeverity.Information, true);
    this.output.info(`starting ${[launch.command, ...launch.args].join(" ")} (${launch.reason})`);
    const client = this.newClient(launch);
    this.client = client;
    client.onDidChangeState((change) => this.changed(change.newState, launch));
    try {
      await client.start();
    } catch (error) {
      this.failed(launch, error);
    }
  }

  private newClient(launch: Launch): LanguageClient {
    const options: ServerOptions = { command: launch.command, args: launch.args };
    const clientOptions: LanguageClientOptions = {
      documentSelector: LANGUAGES.map((language) => ({ language, scheme: "file" })),
      outputChannel: this.output,
      synchronize: { configurationSection: SECTION },
      initializationOptions: { ...vscode.workspace.getConfiguration(SECTION) },
      diagnosticPullOptions: { onChange: true, onSave: true, onTabs: true },
    };
    return new LanguageClient(SECTION, "lkagent-lint", options, clientOptions);
  }

  private async stopNow(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    try {
      await client?.dispose();
    } catch (error) {
      this.output.warn(`the server did not stop as it should: ${String(error)}`);
    }
  }

  private changed(state: State, launch: Launch): void {
    if (state === State.Running) {
      const version = this.client?.initializeResult?.serverInfo?.version ?? "";
      this.say(`running ${version}`.trim(), vscode.LanguageStatusSeverity.Information, false);
      this.status.detail = launch.reason;
    } else if (state === State.Stopped) {
      this.say("stopped", vscode.LanguageStatusSeverity.Warning, false);
    }
  }

  private failed(launch: Launch, error: unknown): void {
    this.say("not running", vscode.LanguageStatusSeverity.Error, false);
    this.output.error(`the server could not be started: ${String(error)}`);
    const text =
      `lkagent-lint could not be started with ${launch.command} (${launch.reason}). ` +
      "It needs pip install 'lkagent-lint[lsp]' in that environment.";
    void vscode.window.showErrorMessage(text, "Show Output", "Settings").then((chosen) => {
      if (chosen === "Show Output") this.output.show();
      if (chosen === "Settings") void vscode.commands.executeCommand("workbench.action.openSettings", SECTION);
    });
  }

  private say(text: string, severity: vscode.LanguageStatusSeverity, busy: boolean): void {
    this.status.text = `lkagent-lint: ${text}`;
    this.status.severity = severity;
    this.status.busy = busy;
  }
}

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const own = new Server();
  server = own;
  context.subscriptions.push(
    vscode.commands.registerCommand("lkagent-lint.restart", () => own.restart()),
    vscode.commands.registerCommand("lkagent-lint.showOutput", () => own.showOutput()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("lkagent-lint.path") || change.affectsConfiguration("lkagent-lint.interpreter")) {
        void own.restart();
      }
    }),
    ...(await onInterpreterChange(() => void own.restart())),
  );
  void own.restart();
}

export async function deactivate(): Promise<void> {
  await server?.dispose();
}
