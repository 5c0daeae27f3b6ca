/** How fast groups are decided. */
import { Pace } from "../kit/pace";

const pace = new Pace();

export const decidedNow = (): void => pace.decidedNow();
export const secondsEach = (): number | null => pace.secondsEach();
