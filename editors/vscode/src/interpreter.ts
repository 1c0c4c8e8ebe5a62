/** Finds the Python in whose environment the linter is installed. */

import * as fs from "node:fs";
import * as path from "node:path";
import * as vscode from "vscode";

/** What is started, and why that: the reason is shown to the user. */
export interface Launch {
  command: string;
  args: string[];
  reason: string;
}

/** What of the Python extension's interface is used. */
interface PythonApi {
  environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { path: string };
    resolveEnvironment(env: { path: string }): Promise<{ executable: { uri?: vscode.Uri } } | undefined>;
    onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
  };
}

const MODULE = ["-m", "lkagent_lint", "server"];

export async function findLaunch(): Promise<Launch> {
  const settings = vscode.workspace.getConfiguration("lkagent-lint");
  const [command, ...args] = settings.get<string[]>("path", []);
  if (command) return { command, args: [...args, "server"], reason: "lkagent-lint.path in the settings" };
  const interpreter = settings.get<string>("interpreter", "");
  if (interpreter) return { command: interpreter, args: MODULE, reason: "lkagent-lint.interpreter in the settings" };
  const chosen = await ofPythonExtension();
  if (chosen) return { command: chosen, args: MODULE, reason: "the interpreter of the Python extension" };
  const found = ofFolders();
  if (found) return { command: found, args: MODULE, reason: "the workspace's own environment" };
  return { command: process.platform === "win32" ? "python" : "python3", args: MODULE, reason: "the one on the PATH" };
}

/** Calls back when the Python extension chooses another interpreter. */
export async function onInterpreterChange(changed: () => void): Promise<vscode.Disposable[]> {
  const api = await pythonApi();
  return api ? [api.environments.onDidChangeActiveEnvironmentPath(changed)] : [];
}

async function pythonApi(): Promise<PythonApi | undefined> {
  const extension = vscode.extensions.getExtension<PythonApi>("ms-python.python");
  if (!extension) return undefined;
  try {
    return await extension.activate();
  } catch {
    return undefined; // it is broken, and there are other ways
  }
}

async function ofPythonExtension(): Promise<string | undefined> {
  const api = await pythonApi();
  if (!api) return undefined;
  const resource = vscode.workspace.workspaceFolders?.[0]?.uri;
  const found = await api.environments.resolveEnvironment(api.environments.getActiveEnvironmentPath(resource));
  return found?.executable.uri?.fsPath;
}

function ofFolders(): string | undefined {
  const inside = process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"];
  for (const folder of vscode.workspace.workspaceFolders ?? []) {
    for (const name of [".venv", "venv"]) {
      const candidate = path.join(folder.uri.fsPath, name, ...inside);
      if (fs.existsSync(candidate)) return candidate;
    }
  }
  return undefined;
}
