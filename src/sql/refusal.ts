/** What a dialect does not know is refused, with the reason, and never passed through. */

/** Thrown while a job is printed; `statementsOf` turns it into its answer. The message is a sentence. */
export class Refusal extends Error {
  constructor(message: string) {
    super(message);
    this.name = "Refusal";
  }
}
