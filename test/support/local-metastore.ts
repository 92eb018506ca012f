/** The catalogue of a local project, for tests that look into it or change it as somebody else would. */
import { join } from "node:path";
import { createLocalMetastore } from "../../providers/local/metastore.ts";
import type { Metastore } from "../../src/engine/metastore.ts";

let ids = 0;

/** The metastore of a client whose root is `data` of the project in this directory. */
export const localMetastoreIn = (directory: string, user = "somebody"): Required<Metastore> =>
  createLocalMetastore(
    {
      settings: { root: "data" },
      projectRoot: directory,
      scratch: join(directory, ".mason/scratch"),
      keep: join(directory, ".mason/local"),
      allowedDirectories: [],
      now: () => new Date(0),
      newId: () => `${user}-${ids++}`,
      user,
    },
    null,
  );
