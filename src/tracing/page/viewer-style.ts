/** The viewer page's style sheet. */
export const VIEWER_STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1c2430; --soft: #66707f; --line: #d9dee6; --paper: #fff; --stripe: #f5f7fa;
  --poll: #1f6feb; --wait: #f0b429; --alive: #cfd8e3; --wake: #9b2fae; --hit: #fff3c4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e4e9f0; --soft: #9aa5b4; --line: #2f3743; --paper: #14181f; --stripe: #1a2029;
    --poll: #58a6ff; --wait: #d9a021; --alive: #364152; --wake: #d58ae6; --hit: #4a3f14;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 16px 24px 48px; max-width: 1600px; color: var(--ink); background: var(--paper);
  font: 14px/1.45 system-ui, sans-serif;
}
h1 { font-size: 20px; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 16px; margin: 24px 0 8px; }
p { margin: 4px 0 8px; color: var(--soft); }
.tools { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
input, button {
  font: inherit; color: inherit; background: var(--stripe); border: 1px solid var(--line); border-radius: 6px;
  padding: 4px 10px;
}
input { width: 260px; }
button { cursor: pointer; }
:focus-visible { outline: 2px solid var(--poll); outline-offset: 1px; }
#found, #range { color: var(--soft); font-variant-numeric: tabular-nums; }
#range { margin-left: auto; }
.legend span { display: inline-block; width: 18px; height: 10px; border-radius: 2px; margin: 0 4px 0 10px; }
.legend .poll { background: var(--poll); }
.legend .wait { background: var(--wait); }
.legend .alive { background: var(--alive); }
.legend .wake { background: var(--wake); height: 2px; vertical-align: middle; }
main { position: relative; }
canvas { display: block; width: 100%; border: 1px solid var(--line); border-radius: 6px; cursor: grab; }
#tip {
  position: absolute; pointer-events: none; padding: 4px 8px; border-radius: 6px; background: var(--ink);
  color: var(--paper); font-size: 12px; white-space: pre; z-index: 1;
}
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 4px 12px 4px 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 500; }
tbody tr { cursor: pointer; }
tbody tr:hover { background: var(--stripe); }
`
