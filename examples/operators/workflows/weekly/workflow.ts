import { type CurrentStep, fail, type NextStep, next, stop } from "mason";

/**
 * Mason calls this for each edge of the workflow when the step before it has ended. `top` starts when both of its edges return
 * `next`; the arguments of `next` override parameters of the step.
 */
export function step(current: CurrentStep, following: NextStep) {
  if (current.state !== "succeeded") return fail(current.error?.message ?? `Step "${current.id}" failed.`);
  if (current.id !== "week" || following.id !== "top") return next();
  const orders = Number(current.outputs.orders);
  if (orders < 2) return stop();
  return orders < 5 ? next({ count: 1 }) : next();
}
