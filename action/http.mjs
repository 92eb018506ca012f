// JSON over HTTP. Errors name the request and the answer, and contain no token.
import { Refused } from "./refused.mjs";

/** Calls an API and returns the body: JSON, bytes with `raw`, or null for a 404 with `absent`. `send` is JSON or bytes. */
export async function call(base, path, { method = "GET", headers = {}, send, raw = false, absent = false } = {}) {
  const isBytes = send instanceof Uint8Array;
  const type = isBytes ? "application/octet-stream" : "application/json";
  const response = await fetch(`${base}${path}`, {
    method,
    headers: { ...headers, ...(send === undefined ? {} : { "content-type": type }) },
    ...(send === undefined ? {} : { body: isBytes ? send : JSON.stringify(send) }),
    signal: AbortSignal.timeout(60_000),
  }).catch((error) => {
    throw new Refused(`${method} ${path} failed: ${error.cause?.code ?? error.name}. Try again.`);
  });
  if (response.status === 404 && absent) return null;
  if (!response.ok) {
    const may = [401, 403, 404].includes(response.status) ? "Check the permissions of the token." : "Try again.";
    throw new Refused(`${method} ${path} was answered with ${response.status}. ${may}`);
  }
  return raw ? new Uint8Array(await response.arrayBuffer()) : response.json();
}

/** All items of a list with 100 items a page. `itemsOf` takes the list out of an answer. */
export async function allPages(read, itemsOf = (answer) => answer) {
  const all = [];
  for (let page = 1; ; page++) {
    const items = itemsOf(await read(page));
    all.push(...items);
    if (items.length < 100) return all;
  }
}
