/** Why a step ends here, in sentences for people; the last one says what to do. */
export class Refused extends Error {}
