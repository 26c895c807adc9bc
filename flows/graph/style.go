package graph

// dark is the palette of the dark theme.
const dark = `    --fg-ground: #171614; --fg-box: #211f1c; --fg-edge: #45413a; --fg-ink: #f2efe9; --fg-soft: #b3aca0;
    --fg-line: #8d8679; --fg-chip: #2e2b27; --fg-talk: #77716a; --fg-money: #4ade80; --fg-person: #7aa7ff;
    --fg-trouble: #f5a65b; --fg-missing: #f87171; --fg-end: #d6d2cb; --fg-end-ink: #1f1d1a;
`

// CSS is the style sheet of the picture. Colours are custom properties, so a page can set its own; a page with a
// theme switch sets data-theme on its root element. Every text has a contrast of at least 4.5 to 1 in both themes.
func CSS() string {
	return `.flowgraph {
  --fg-ground: #fbfaf8; --fg-box: #ffffff; --fg-edge: #d6d2cb; --fg-ink: #1f1d1a; --fg-soft: #625d55;
  --fg-line: #8f887d; --fg-chip: #f3f0ea; --fg-talk: #a8a195; --fg-money: #15803d; --fg-person: #2563eb;
  --fg-trouble: #b45309; --fg-missing: #b91c1c; --fg-end: #44403a; --fg-end-ink: #ffffff;
  font-family: Inter, system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  color-scheme: light dark; max-width: none; height: auto;
}
@media (prefers-color-scheme: dark) {
  :root:not([data-theme="light"]) .flowgraph, .flowgraph:root {
` + dark + `  }
}
:root[data-theme="dark"] .flowgraph {
` + dark + `}
.flowgraph .ground { fill: var(--fg-ground); }
.flowgraph .box { fill: var(--fg-box); stroke: var(--fg-edge); }
.flowgraph .talk { --fg-own: var(--fg-talk); }
.flowgraph .money { --fg-own: var(--fg-money); }
.flowgraph .person { --fg-own: var(--fg-person); }
.flowgraph .trouble { --fg-own: var(--fg-trouble); }
.flowgraph .missing { --fg-own: var(--fg-missing); }
.flowgraph .missing .box { stroke: var(--fg-missing); stroke-dasharray: 4 3; }
.flowgraph .band { stroke: var(--fg-own); stroke-width: 4; stroke-linecap: round; }
.flowgraph text { fill: var(--fg-ink); }
.flowgraph .name { font-size: 15px; font-weight: 600; }
.flowgraph .stop { font-size: 12px; fill: var(--fg-soft); }
.flowgraph .dot { fill: var(--fg-own); }
.flowgraph .line { fill: none; stroke: var(--fg-line); stroke-width: 1.5; }
.flowgraph .line.soft { stroke: var(--fg-trouble); stroke-dasharray: 2 5; stroke-linecap: round; }
.flowgraph .arrow { fill: var(--fg-line); }
.flowgraph .arrow-soft { fill: var(--fg-trouble); }
.flowgraph .begin .box { fill: var(--fg-chip); }
.flowgraph .begin.soft .box { stroke: var(--fg-trouble); stroke-dasharray: 2 4; }
.flowgraph .chip rect { fill: var(--fg-chip); stroke: var(--fg-edge); }
.flowgraph .chip text { font-size: 12px; text-anchor: middle; }
.flowgraph .back text, .flowgraph .self text { fill: var(--fg-soft); }
.flowgraph .back rect, .flowgraph .self rect { stroke-dasharray: 3 3; }
.flowgraph .end rect { fill: var(--fg-end); stroke: var(--fg-end); }
.flowgraph .end text { fill: var(--fg-end-ink); }
.flowgraph .here rect { fill: var(--fg-person); }
.flowgraph .here text { font-size: 12px; font-weight: 600; text-anchor: middle; fill: var(--fg-box); }
.flowgraph a { text-decoration: none; }
.flowgraph a:hover .box, .flowgraph a:focus-visible .box { stroke: var(--fg-person); stroke-width: 2; }
.flowgraph a:hover rect, .flowgraph a:focus-visible rect { stroke: var(--fg-person); }
.flowgraph a:focus-visible { outline: none; }
.flowgraph [aria-current="step"] .box { stroke: var(--fg-ink); stroke-width: 2.5; }
@media (forced-colors: active) {
  .flowgraph .box, .flowgraph .chip rect { fill: Canvas; stroke: CanvasText; }
  .flowgraph text { fill: CanvasText; }
  .flowgraph .line { stroke: CanvasText; }
}
`
}
