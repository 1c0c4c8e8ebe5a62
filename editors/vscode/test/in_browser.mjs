/**
 * The extension in a real VS Code: code-server, in a browser without a window.
 *
 *     npm run package && CODE_SERVER=… CHROMIUM=… LKAGENT_LINT_PYTHON=… npm test
 *
 * CODE_SERVER is the entry of an installed npm package code-server (out/node/entry.js), CHROMIUM a Chromium or Chrome,
 * LKAGENT_LINT_PYTHON an interpreter that has lkagent-lint[lsp].
 */

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";

const { CODE_SERVER, CHROMIUM, LKAGENT_LINT_PYTHON, SCREENSHOTS } = process.env;
if (!CODE_SERVER || !CHROMIUM || !LKAGENT_LINT_PYTHON) {
  console.error("CODE_SERVER, CHROMIUM and LKAGENT_LINT_PYTHON say what to test with");
  process.exit(2);
}
const HERE = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const PORT = 18_743;
const PATIENCE = 120_000;

const AGENT = `from livekit.agents import Agent, AgentServer, AgentSession, JobContext

from rooms import join

server = AgentServer()


@server.rtc_session(agent_name="desk")
async def entry(ctx: JobContext):
    session = AgentSession()
    await join(ctx)
    await session.start(agent=Agent(instructions="x"), room=ctx.room)
`;
/** Another agent, which awaits nothing. */
const NIGHT = AGENT.replace('"desk"', '"night"').replace("    await join(ctx)\n", "").replace("await session", "session");
const FILES = {
  "pyproject.toml": '[project]\nname = "desk"\nversion = "1"\ndependencies = ["livekit-agents==1.5.3"]\n[tool.lkagent-lint]\nroot = true\n',
  "agent.py": AGENT,
  "night.py": NIGHT,
  "rooms.py": "async def join(ctx):\n    await ctx.connect()\n",
  "web.ts":
    'import { AgentDispatchClient } from "livekit-server-sdk";\n\n' +
    'export const call = (c: AgentDispatchClient, room: string) => c.createDispatch(room, "desk");\n',
};

const scratch = mkdtempSync(path.join(tmpdir(), "lkagent-lint-vscode-"));
const project = path.join(scratch, "project");
mkdirSync(project);
for (const [name, text] of Object.entries(FILES)) writeFileSync(path.join(project, name), text);
const userData = path.join(scratch, "user");
const settings = path.join(userData, "User");
mkdirSync(settings, { recursive: true });
writeFileSync(
  path.join(settings, "settings.json"),
  JSON.stringify({
    "lkagent-lint.interpreter": LKAGENT_LINT_PYTHON,
    "lkagent-lint.inlayHints": true,
    "security.workspace.trust.enabled": false,
    "workbench.startupEditor": "none",
    "workbench.panel.defaultLocation": "bottom",
    "window.titleBarStyle": "custom",
    "editor.accessibilitySupport": "on",
  }),
);
const own = ["--user-data-dir", userData, "--extensions-dir", path.join(scratch, "extensions")];
execFileSync(process.execPath, [CODE_SERVER, ...own, "--install-extension", path.join(HERE, "dist", "lkagent-lint.vsix")], {
  stdio: "inherit",
});

const host = spawn(
  process.execPath,
  [CODE_SERVER, ...own, "--auth", "none", "--bind-addr", `127.0.0.1:${PORT}`, "--disable-telemetry",
    "--disable-update-check", "--disable-workspace-trust", project],
  { stdio: ["ignore", "inherit", "inherit"] },
);

/** Waits until something holds, and says what was seen where it never does. */
async function until(what, look) {
  const end = Date.now() + PATIENCE;
  let seen;
  while (Date.now() < end) {
    try {
      seen = await look();
      if (seen) return seen;
    } catch (error) {
      seen = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`${what}: not seen (${seen})`);
}

/** The process of the language server, below that of the editor. */
function serverOf(ancestor) {
  const rows = execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" }).split("\n");
  const found = rows.map((row) => row.trim().match(/^(\d+)\s+(\d+)\s+(.*)$/)).filter(Boolean);
  const below = new Set([ancestor]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const [, pid, parent] of found) {
      if (below.has(Number(parent)) && !below.has(Number(pid))) grown = Boolean(below.add(Number(pid)));
    }
  }
  return Number(found.find(([, pid, , args]) => below.has(Number(pid)) && args.includes("-m lkagent_lint server"))[1]);
}

let browser;
try {
  browser = await puppeteer.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    defaultViewport: { width: 1400, height: 900 },
  });
  const page = await browser.newPage();
  await until("code-server", async () => {
    await page.goto(`http://127.0.0.1:${PORT}/?folder=${encodeURIComponent(project)}`);
    return true;
  });
  await page.waitForSelector(".monaco-workbench", { timeout: PATIENCE });
  const text = () => page.evaluate(() => document.body.innerText.replace(/\u00a0/g, " "));
  const shot = async (name) => SCREENSHOTS && page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`) });
  /** Runs a command of the palette, or opens a file. */
  const choose = async (words, isCommand = true) => {
    await page.keyboard.press(isCommand ? "F1" : "Escape");
    if (!isCommand) {
      await page.keyboard.down("Control");
      await page.keyboard.press("KeyP");
      await page.keyboard.up("Control");
    }
    await page.waitForSelector(".quick-input-widget input", { visible: true, timeout: PATIENCE });
    await page.keyboard.type(words);
    await until(`an entry for ${words}`, () =>
      page.evaluate(() => document.querySelectorAll(".quick-input-list .monaco-list-row").length > 0),
    );
    await new Promise((resolve) => setTimeout(resolve, 700));
    await page.keyboard.press("Enter");
  };

  await choose("agent.py", false);
  await choose("Problems: Focus on Problems View");
  await until("the findings of agent.py", async () => {
    const seen = await text();
    return seen.includes("LKA101") && seen.includes("LKA106");
  });
  await shot("findings");
  console.log("ok: findings are shown, from two files, with their codes");

  await until("the inlay hint", async () => (await text()).includes("dispatched by web.ts:3"));
  console.log("ok: the worker says who dispatches it");

  await choose("rooms.py", false);
  await until("the text of rooms.py", async () => (await text()).includes("await ctx.connect()"));
  await choose("View: Focus Active Editor Group");
  await page.keyboard.down("Control");
  await page.keyboard.press("KeyA");
  await page.keyboard.up("Control");
  await page.keyboard.type("async def join(ctx):\nprint(ctx.job.id)\n");
  await until("that LKA101 is gone from the other file", async () => !(await text()).includes("LKA101"));
  console.log("ok: an edit that is not saved changes what is shown in the other open file");

  await choose("night.py", false);
  await until("the text of night.py", async () => (await text()).includes('agent_name="night"'));
  await choose("View: Focus Active Editor Group");
  await choose("Fix All");
  await until("that await is put in", async () => (await text()).includes("await session.start("));
  await shot("mended");
  console.log("ok: all that is safe is mended");

  process.kill(serverOf(host.pid), "SIGKILL");
  await choose("rooms.py", false);
  await until("the text of rooms.py", async () => (await text()).includes("print(ctx.job.id)"));
  await choose("View: Focus Active Editor Group");
  await page.keyboard.down("Control");
  await page.keyboard.press("KeyA");
  await page.keyboard.up("Control");
  await page.keyboard.type("async def join(ctx):\nawait ctx.connect()\n");
  await until("LKA101 by another server", async () => (await text()).includes("LKA101"));
  console.log("ok: a server that is killed is started again");

  await choose("lkagent-lint: Restart Server");
  await choose("lkagent-lint: Show Output");
  await until("the output of a second start", async () => (await text()).split("starting ").length > 2);
  await shot("output");
  console.log("ok: the server is restarted, and its output says so");
  assert.ok(!(await text()).includes("could not be started"));
} finally {
  await browser?.close();
  host.kill();
  rmSync(scratch, { recursive: true, force: true });
}
