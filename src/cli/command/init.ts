/** `mason init`: writes the starter project and prints the next steps. */
import { basename, resolve } from "node:path";
import { writeStarter } from "../../io/starter-files.ts";
import { initText } from "../../view/project/init-text.ts";
import type { Terminal } from "../output/terminal.ts";
import { projectName, starterFiles } from "./starter-project.ts";

/** Writes the project into `given`, else into the current directory. */
export function initCommand(terminal: Terminal, current: string, given: string | undefined): number {
  const directory = resolve(current, given ?? ".");
  const { written, kept } = writeStarter(directory, starterFiles(projectName(basename(directory))));
  terminal.print(initText({ written, kept, directory: given ?? null }));
  terminal.printJson({ directory, written: [...written], kept: [...kept] });
  return 0;
}
