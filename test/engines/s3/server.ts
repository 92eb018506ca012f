/** What every S3 server of the tests is: an endpoint, and the keys that it accepts. */
export interface S3Server {
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly stop: () => Promise<void>;
}

/** Keys for servers that live as long as a test. */
export const testKeys = { accessKey: "mason-test-access", secretKey: "mason-test-secret-0123456789" } as const;
