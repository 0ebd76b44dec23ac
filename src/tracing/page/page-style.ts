/** The page's style sheet. Colours of bars are read by the script, too. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1b2330; --soft: #5c6675; --line: #d8dee7; --paper: #ffffff; --card: #f6f8fb; --accent: #1f6feb;
  --hit: #fff0b8; --on-bar: #ffffff;
  --committed: #2b8a4b; --conflict: #c92a3a; --failed: #b35900; --under-way: #7a8494;
  --read: #4c8ded; --commit: #7048c8; --backoff: #d9a021; --poll: #1f6feb; --wait: #aab6c6; --write: #10151d;
  --run: #5f86b8; --mark: #8a95a5; --warning: #c92a3a; --alive: #e3e8ef; --wake: #9b2fae;
  --band-recovery: #c92a3a; --band-clogged: #b38600; --band-paused: #5c6fb8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e3e9f1; --soft: #97a3b3; --line: #2d3644; --paper: #11161d; --card: #181f29; --accent: #6cb0ff;
    --hit: #4d4115; --on-bar: #0b0f14;
    --committed: #4fbf76; --conflict: #ff6b78; --failed: #f09a4a; --under-way: #8b96a6;
    --read: #6ea8ff; --commit: #b197fc; --backoff: #e5b84a; --poll: #58a6ff; --wait: #566375; --write: #ffffff;
    --run: #7fa3d1; --mark: #77859a; --warning: #ff6b78; --alive: #252e3a; --wake: #d58ae6;
    --band-recovery: #ff6b78; --band-clogged: #e5b84a; --band-paused: #8fa2f0;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 20px 24px 48px; max-width: 1680px; color: var(--ink); background: var(--paper);
  font: 14px/1.45 system-ui, sans-serif; font-variant-numeric: tabular-nums;
}
h1 { font-size: 20px; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 13px; font-weight: 600; margin: 0 0 8px; color: var(--soft); }
p { margin: 4px 0 8px; }
.soft, #summary { color: var(--soft); }
#answers { display: grid; grid-template-columns: repeat(auto-fit, minmax(290px, 1fr)); gap: 12px; margin: 16px 0; }
article { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; min-width: 0; }
ol { list-style: none; margin: 0; padding: 0; max-height: 260px; overflow-y: auto; }
li + li { border-top: 1px solid var(--line); }
li p { margin: 6px 0; }
li button {
  all: unset; box-sizing: border-box; display: block; width: 100%; padding: 5px 4px; cursor: pointer; border-radius: 4px;
}
li button:hover { background: var(--hit); }
li .figure { float: right; margin-left: 8px; font-weight: 600; }
li .name { overflow-wrap: anywhere; }
li small { display: block; clear: both; color: var(--soft); overflow-wrap: anywhere; }
.split { display: flex; height: 5px; border-radius: 3px; overflow: hidden; background: var(--alive); margin-top: 4px; }
.split i { display: block; height: 100%; }
.tools { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
.spacer { flex: 1; }
input, button, select {
  font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px;
  padding: 5px 10px; min-height: 34px;
}
input { width: 260px; max-width: 100%; }
button { cursor: pointer; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
#found { color: var(--soft); }
#timeline { position: relative; }
canvas { display: block; width: 100%; }
#map { height: 44px; border: 1px solid var(--line); border-radius: 6px; cursor: ew-resize; touch-action: none; }
#scroller {
  position: relative; margin-top: 6px; border: 1px solid var(--line); border-radius: 6px; overflow-y: auto;
  height: min(620px, 75vh);
}
#chart { position: sticky; top: 0; cursor: grab; touch-action: pan-y; }
#depth { width: 1px; margin-top: calc(-1 * var(--chart, 0px)); }
#tip {
  position: absolute; pointer-events: none; padding: 4px 8px; border-radius: 6px; background: var(--ink); z-index: 1;
  color: var(--paper); font-size: 12px; white-space: pre-wrap; overflow-wrap: anywhere; max-width: min(480px, 90vw);
}
#details {
  margin: 8px 0 0; padding: 12px 14px; background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  font: 12px/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 340px;
  overflow-y: auto;
}
.legend { color: var(--soft); font-size: 12px; }
.legend span { display: inline-block; width: 14px; height: 9px; border-radius: 2px; margin: 0 4px 0 10px; }
.legend span:first-child { margin-left: 0; }
${[
  'committed',
  'conflict',
  'failed',
  'read',
  'commit',
  'backoff',
  'poll',
  'wait',
  'band-recovery',
  'band-clogged',
  'band-paused',
]
  .map((name) => `.legend .${name} { background: var(--${name}); }`)
  .join('\n')}
.legend .write { background: var(--write); width: 3px; }
@media (max-width: 560px) {
  body { padding: 14px 12px 32px; }
  #answers { grid-template-columns: 1fr; }
  input { width: 100%; }
  .spacer { display: none; }
  #scroller { height: 68vh; }
}
`
