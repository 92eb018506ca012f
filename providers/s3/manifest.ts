/** The s3 provider: files in a bucket of S3 or of any compatible service, and a metastore over those files. */
import { fileMetastoreVerbs } from "../../src/catalog/file-metastore/verbs.ts";
import { type Diagnostic, error } from "../../src/diagnostic/diagnostic.ts";
import { normalPath } from "../../src/model/path.ts";
import type { ClientSettings, Manifest } from "../../src/provider/contract.ts";
import { awsIdentity, awsSettings, checkAwsSettings, textOf } from "../support/aws/settings.ts";

export const manifest: Manifest = {
  name: "s3",
  description: "Files and tables in a bucket of S3 or of a compatible service",
  engines: {
    // No "move": S3 renames nothing, and not every service has a copy that refuses an existing target.
    storage: ["list", "stat", "expand", "read", "write", "delete", "copy", "fingerprint", "uri"],
    metastore: fileMetastoreVerbs,
  },
  settings: {
    bucket: { type: "string", required: true, description: "Bucket that holds the files" },
    // A key, not a directory of this machine, so its type is not "path".
    root: { type: "string", description: "Prefix that all paths start from; default: the whole bucket" },
    ...awsSettings,
    force_path_style: {
      type: "boolean",
      description: "Puts the bucket's name in the path instead of the host; default: true when endpoint is set",
    },
    sse: { type: "string", description: "Encryption at rest of written objects: AES256 or aws:kms" },
    sse_kms_key_id: { type: "string", description: "Key for aws:kms; default: the account's own" },
  },
  identity: (settings) => ({
    ...awsIdentity(settings),
    bucket: textOf(settings, "bucket") ?? "",
    root: normalPath(textOf(settings, "root") ?? "") ?? "",
  }),
  check: (settings) => [...checkAwsSettings(settings), ...checkRoot(settings), ...checkEncryption(settings)],
};

const encryptions: readonly string[] = ["AES256", "aws:kms"];

function checkRoot(settings: ClientSettings): readonly Diagnostic[] {
  if (normalPath(textOf(settings, "root") ?? "") !== null) return [];
  const detail = `"root" must be a prefix without a "/" at its start and without "..". Correct it.`;
  return [error({ code: "config/s3-root", summary: "Root outside the bucket", detail })];
}

function checkEncryption(settings: ClientSettings): readonly Diagnostic[] {
  const [sse, key] = [textOf(settings, "sse"), textOf(settings, "sse_kms_key_id")];
  if (sse !== undefined && !sse.startsWith("{{") && !encryptions.includes(sse)) {
    const detail = `"sse" is "${sse}", but must be ${encryptions.join(" or ")}. Choose one of them, or remove it.`;
    return [error({ code: "config/s3-encryption", summary: "Unknown encryption", detail })];
  }
  if (key === undefined || sse !== "AES256") return [];
  const detail = `"sse_kms_key_id" has no effect with "sse" AES256. Set "sse" to aws:kms, or remove the key.`;
  return [error({ code: "config/s3-encryption", summary: "Unused key", detail })];
}
