// The small charts beside the maps. All of them show computed members and frames only, on limits fixed over the path.

export { Ratio, Spectrum } from "./lines.js";
export { Norms } from "./norms.js";
export { Reconstructions } from "./reconstructions.js";
export { TradeOff } from "./tradeoff.js";
