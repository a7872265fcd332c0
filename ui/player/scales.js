// Coordinates of the two handles, axes, and numbers as text. Nothing here touches the page.

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// ---------------------------------------------------------------- the handles

// lambda at the coordinate u in [0, K-1]: linear from 0 up to the first lambda above 0, geometric from there on.
export function lambdaAt(lams, u) {
  const at = clamp(u, 0, lams.length - 1);
  const left = Math.min(Math.floor(at), Math.max(0, lams.length - 2));
  const share = at - left;
  const [low, high] = [lams[left], lams[left + 1] ?? lams[left]];
  if (share === 0) return low;
  if (share === 1) return high;
  return low > 0 ? low * (high / low) ** share : low + (high - low) * share;
}

// The coordinate of a lambda, the inverse of lambdaAt; values beyond the path give its ends.
export function coordinateOf(lams, lambda) {
  const last = lams.length - 1;
  if (!(lambda > lams[0])) return 0;
  if (lambda >= lams[last]) return last;
  const right = lams.findIndex((lam) => lam >= lambda);
  const [low, high] = [lams[right - 1], lams[right]];
  if (lambda === high) return right;
  const share = low > 0 ? Math.log(lambda / low) / Math.log(high / low) : (lambda - low) / (high - low);
  return right - 1 + share;
}

// The epoch at the coordinate v in [0, F-1], linear between frames.
export function epochAt(epochs, v) {
  const at = clamp(v, 0, epochs.length - 1);
  const left = Math.floor(at);
  return epochs[left] + (at - left) * ((epochs[left + 1] ?? epochs[left]) - epochs[left]);
}

// The coordinate of an epoch, the inverse of epochAt.
export function frameOf(epochs, epoch) {
  const last = epochs.length - 1;
  if (!(epoch > epochs[0])) return 0;
  if (epoch >= epochs[last]) return last;
  const right = epochs.findIndex((other) => other >= epoch);
  return right - 1 + (epoch - epochs[right - 1]) / (epochs[right] - epochs[right - 1]);
}

// The nearest computed one of `count` members or frames; halfway counts for the upper one.
export function nearest(x, count = Infinity) {
  return clamp(Math.round(x), 0, Math.max(0, count - 1));
}

export const isWhole = (x) => Math.abs(x - Math.round(x)) < 1e-9;

// ---------------------------------------------------------------- axes

// A linear scale as a function, with its inverse; a domain of no width maps to the middle of the range.
export function linear([low, high], [from, to]) {
  const factor = high === low ? 0 : (to - from) / (high - low);
  const scale = factor === 0 ? () => (from + to) / 2 : (value) => from + (value - low) * factor;
  scale.invert = factor === 0 ? () => low : (place) => low + (place - from) / factor;
  return scale;
}

// A logarithmic scale; what is not above the domain's lower end maps to it.
export function log([low, high], range) {
  const inner = linear([Math.log(low), Math.log(high)], range);
  const scale = (value) => inner(value > low ? Math.log(value) : Math.log(low));
  scale.invert = (place) => Math.exp(inner.invert(place));
  return scale;
}

// Round numbers within [low, high], about `count` of them: steps of 1, 2 or 5 times a power of ten.
export function ticks(low, high, count = 5) {
  if (!(high > low) || !Number.isFinite(high - low)) return Number.isFinite(low) ? [low] : [];
  const rough = (high - low) / Math.max(1, count);
  const power = Math.floor(Math.log10(rough));
  const [digit, shift] = [[1, 0], [2, 0], [5, 0], [1, 1]].find(([d, s]) => d * 10 ** (power + s) >= rough * 0.7);
  const step = digit * 10 ** (power + shift);
  const out = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i += 1) {
    out.push(Number((i * step).toPrecision(12)));
  }
  return out;
}

// Round numbers for a log axis: powers of ten, with 2 and 5 between them (or 3) where there is room.
export function logTicks(low, high, count = 5) {
  if (!(low > 0) || !(high > low)) return low > 0 ? [low] : [];
  const from = Math.floor(Math.log10(low));
  const to = Math.ceil(Math.log10(high));
  const take = (digits) => {
    const out = [];
    for (let power = from; power <= to; power += 1) {
      for (const digit of digits) {
        const value = Number(`${digit}e${power}`);
        if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) out.push(value);
      }
    }
    return out;
  };
  for (const digits of [[1, 2, 5], [1, 3]]) {
    const out = take(digits);
    if (out.length >= 2 && out.length <= count) return out;
  }
  const powers = take([1]);
  if (powers.length < 2) {
    const fine = ticks(low, high, count).filter((value) => value > 0);
    return fine.length >= 2 ? fine : take([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  }
  const every = Math.ceil(powers.length / Math.max(1, count));
  return powers.filter((_, i) => (powers.length - 1 - i) % every === 0);
}

// The next larger of 1, 1.5, 2, 3, 4, 5, 7.5 times a power of ten: a limit that changes seldom.
export function ceiling(value) {
  if (!Number.isFinite(value) || value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 3, 4, 5, 7.5, 10].find((step) => step * power >= value * (1 - 1e-9)) * power;
}

// ---------------------------------------------------------------- numbers as text

// Three significant digits, or a dash where there is none: the text of cae_core.figures.parts.number.
export function niceNumber(value) {
  if (value === null || !Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const exponent = Number(size.toExponential().split("e")[1]); // floor(log10(size)) without its rounding
  if (size >= 1e-3 && size < 1e5) return fixed(value, Math.max(0, 2 - exponent));
  const [digits, power] = value.toExponential(2).split("e");
  return `${digits}e${power[0]}${power.slice(1).padStart(2, "0")}`; // as Python writes it: e-05
}

// toFixed takes the upper one of two equally near numbers, Python the even one.
function fixed(value, digits) {
  const text = value.toFixed(digits);
  const exact = value.toFixed(digits + 30);
  const rest = exact.slice(exact.indexOf(".") + 1 + digits);
  if (!/^50*$/.test(rest) || Number(text.at(-1)) % 2 === 0) return text;
  return (Math.sign(value) * (Math.abs(Number(text)) - 10 ** -digits)).toFixed(digits);
}

// A tick's text: as short as it can be.
export function tickText(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e5) return String(Number(value.toPrecision(6)));
  return value.toExponential().replace("e+", "e");
}

// A lambda as text: two significant digits, or as many as keep the path's lambdas apart.
export function lambdaText(value, lams = []) {
  for (let digits = 2; digits < 6; digits += 1) {
    const texts = lams.map((lam) => short(lam, digits));
    if (new Set(texts).size === texts.length) return short(value, digits);
  }
  return short(value, 6);
}

const short = (value, digits) => String(Number(value.toPrecision(digits)));

// 1234 as "1,234".
export const thousands = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, ",");
