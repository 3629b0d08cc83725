/** The one limit of every wait, milliseconds; only a failing test reaches it. */
export const timeout = 60_000;
