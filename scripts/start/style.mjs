/** How the page looks, by day and by night. */
export const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1c1b19, #eceae4); --quiet: light-dark(#6d6961, #9b978d);
  --line: light-dark(#e3dfd6, #34322d); --paper: light-dark(#faf8f4, #191815); --bar: light-dark(#e0561a, #ff8a4c); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1120px; padding: 56px 32px 80px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0 0 10px; font-size: 34px; line-height: 1.15; letter-spacing: -0.02em; font-weight: 650; }
p { margin: 0; max-width: 46em; color: var(--quiet); }
code { font: 0.92em ui-monospace, monospace; color: var(--ink); }
.row { display: grid; grid-template-columns: 104px 1.25fr 1.6fr 104px 1.6fr; gap: 28px; align-items: center; padding: 16px 0;
  border-top: 1px solid var(--line); }
.titles { align-items: end; padding: 44px 0 12px; border: 0; color: var(--quiet); font-size: 13px; line-height: 1.35; }
b { display: block; color: var(--ink); font-weight: 600; font-size: 15px; }
.several { display: grid; grid-template-columns: repeat(3, 1fr); gap: 10px; }
figure { margin: 0; min-width: 0; }
figcaption { margin-top: 5px; color: var(--quiet); font-size: 12px; line-height: 1.3; font-variant-numeric: tabular-nums;
  overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.image { display: block; aspect-ratio: 1; border-radius: 7px; overflow: hidden; background: #fff center / cover;
  box-shadow: 0 0 0 1px var(--line); }
.image img { display: block; width: 100%; height: 100%; }
.image .ink { backdrop-filter: grayscale(1) contrast(0.55) brightness(1.3); }
.scores { display: grid; grid-template-columns: minmax(3em, auto) 1fr 3.4em; gap: 5px 10px; align-items: center;
  color: var(--quiet); font-size: 13px; font-variant-numeric: tabular-nums; }
.scores span:first-child { color: var(--ink); font-size: 19px; font-weight: 600; }
.scores span:nth-child(3n) { text-align: right; }
.scores i { height: 6px; border-radius: 3px; background: var(--line); overflow: hidden; }
.scores i::before { content: ''; display: block; width: var(--score); height: 100%; background: var(--bar); }
@media (max-width: 860px) {
  .row { grid-template-columns: 104px 1fr; }
  .row.titles { display: none; }
  p { margin-bottom: 28px; }
  .row > :nth-child(4) { order: 1; }
  .row > :nth-child(3) { order: 2; }
  .row > :nth-child(5) { order: 3; grid-column: 2; }
}
`;
