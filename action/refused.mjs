/** A reason to stop, in sentences for people; the last one says what to do. */
export class Refused extends Error {}
