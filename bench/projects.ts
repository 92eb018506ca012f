/** Writes generated projects: 10 resources a file, 50 files a directory. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { configDocument, type Mix, resourceDocument } from "./project-documents.ts";

const [perFile, perDirectory] = [10, 50];

/** Writes a project of so many resources, the config being one of them. */
export function writeProject(directory: string, resources: number, mix: Mix = "all"): void {
  writeFileSync(join(directory, "mason.yaml"), `name: generated\ndefault_config: "1"\n`);
  writeDocuments(directory, 0, resources, mix);
}

/** Adds the documents from one place on, up to another, in files of their own. */
export function writeDocuments(directory: string, from: number, until: number, mix: Mix): void {
  for (let at = from; at < until; at += perFile) {
    const file = Math.ceil(at / perFile);
    mkdirSync(join(directory, folderOf(file)), { recursive: true });
    const count = Math.min(perFile, until - at);
    const documents = Array.from({ length: count }, (_, place) => documentAt(at + place, mix));
    writeFileSync(join(directory, nameOf(file)), documents.join("---\n"));
  }
}

const documentAt = (at: number, mix: Mix) => (at === 0 ? configDocument : resourceDocument(at - 1, mix));
const folderOf = (file: number) => `area_${String(Math.floor(file / perDirectory)).padStart(3, "0")}`;
const nameOf = (file: number) => `${folderOf(file)}/part_${String(file).padStart(4, "0")}.yaml`;

/** A function that changes one file in the middle each time: all of its descriptions and numbers in its SQL. */
export function createEdit(directory: string, resources: number): () => void {
  const file = join(directory, nameOf(Math.floor(resources / perFile / 2) + 4));
  const text = readFileSync(file, "utf8");
  let edits = 0;
  return () => {
    edits++;
    const changed = text
      .replace(/^(description: .*)$/gm, `$1, edit ${edits}`)
      .replace(/( t\.amount > \d+)/g, `$1.${edits}`);
    writeFileSync(file, changed);
  };
}
