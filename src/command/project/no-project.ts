/** A directory without a project: neither a mason.yaml nor a resource. It is an error, because it is most often a wrong directory. */
import { relative } from "node:path";
import { type Diagnostic, error } from "../../diagnostic/diagnostic.ts";
import { isSettingsFile, type Project } from "../../project/project.ts";
import type { CommandWorld } from "../command-world.ts";
import type { Loaded } from "./load-project.ts";

/** True if the directory has neither a mason.yaml nor a resource. */
export const isNoProject = ({ project, files }: Loaded): boolean =>
  project.resources.size === 0 && !files.some(({ file }) => isSettingsFile(file));

/** The problem for such a directory. */
export const noProject = ({ directory }: CommandWorld, { root }: Project): Diagnostic =>
  error({
    code: "project/none",
    summary: "No project",
    detail: `"${relative(directory, root) || "."}" has neither a mason.yaml nor a file with a resource. Name the directory of a project with -C, or create one with "mason init".`,
  });
