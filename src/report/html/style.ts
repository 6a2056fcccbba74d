/** The page's only style sheet. Colours keep 4.5:1 against their ground in both schemes. */
export const style = `
:root { color-scheme: light dark; --bg:#fff; --fg:#1b1f24; --soft:#57606a; --line:#d0d7de; --panel:#f6f8fa;
 --red:#b3151f; --redbg:#ffebe9; --amber:#7d4e00; --amberbg:#fff5d6; --blue:#0a54b0; --bluebg:#e3f1ff;
 --green:#116329; --greenbg:#e2f7e6; --focus:#0a54b0; --write:#b3151f; --read:#0a54b0; --lock:#6f42c1; --rcu:#9a6700;
 --t0:#0a54b0; --t1:#8a3a00; --t2:#116329; --t3:#7a1fa2; --t4:#00606b; --t5:#a3195b; --t6:#5b5b00; --t7:#444c56; }
@media (prefers-color-scheme: dark) { :root { --bg:#0d1117; --fg:#e6edf3; --soft:#9aa5b1; --line:#3a424c; --panel:#161b22;
 --red:#ff8f87; --redbg:#3d1418; --amber:#e9b949; --amberbg:#33270a; --blue:#7cb8ff; --bluebg:#10253f;
 --green:#6fd585; --greenbg:#10301a; --focus:#7cb8ff; --write:#ff8f87; --read:#7cb8ff; --lock:#c9a7ff; --rcu:#e9b949;
 --t0:#7cb8ff; --t1:#ffb077; --t2:#6fd585; --t3:#d9a5ff; --t4:#6fd6e0; --t5:#ff9cc8; --t6:#d6d36a; --t7:#b9c2cc; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin:0 auto; padding:1rem clamp(.75rem,3vw,2rem) 3rem; max-width:90rem; background:var(--bg); color:var(--fg);
 font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif; overflow-wrap:anywhere; }
h1 { font-size:1.5rem; line-height:1.25; margin:.5rem 0; } h2 { font-size:1.2rem; margin:2rem 0 .5rem; line-height:1.3; }
h3 { font-size:1.05rem; margin:1.5rem 0 .25rem; } h4 { font-size:.85rem; margin:.75rem 0 .25rem; color:var(--soft); }
p { margin:.4rem 0; } a { color:var(--blue); } small, .soft { color:var(--soft); }
code, .helper, .line, pre { font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace; font-size:.85em; }
pre { background:var(--panel); border:1px solid var(--line); border-radius:6px; padding:.6rem .8rem; white-space:pre-wrap; }
:focus-visible { outline:3px solid var(--focus); outline-offset:1px; }
.skip { position:absolute; left:-99rem; } .skip:focus { left:1rem; top:.5rem; background:var(--bg); padding:.25rem .5rem; z-index:9; }
.badge { display:inline-block; padding:.05rem .55rem; border-radius:1rem; border:1px solid currentColor; font-size:.85rem;
 font-weight:600; white-space:nowrap; }
.v-broken,.v-error { color:var(--red); background:var(--redbg); } .v-inconclusive { color:var(--amber); background:var(--amberbg); }
.v-changed { color:var(--blue); background:var(--bluebg); } .v-equivalent { color:var(--green); background:var(--greenbg); }
.v-untouched,.v-none { color:var(--soft); background:var(--panel); }
table { border-collapse:collapse; } th { text-align:left; font-weight:600; }
.series { width:100%; } .series td, .series th, .facts td, .facts th { padding:.35rem .6rem .35rem 0; border-bottom:1px solid var(--line);
 vertical-align:top; } .series td:first-child, .series th, .series .v { white-space:nowrap; }
.facts th { color:var(--soft); font-weight:500; white-space:nowrap; }
article { border-top:1px solid var(--line); margin-top:2rem; }
.finding { border-left:4px solid var(--line); padding:.1rem 0 .1rem .9rem; margin:1rem 0; }
.finding.bad { border-color:var(--red); } .finding h3 { margin-top:.2rem; }
.delta dl { display:grid; grid-template-columns:max-content 1fr; gap:.1rem .8rem; margin:.3rem 0; } .delta dt { color:var(--soft); } .delta dd { margin:0; }
details { margin:.6rem 0; } summary { cursor:pointer; }
.trace { margin:.8rem 0; }
.controls { display:flex; flex-wrap:wrap; gap:.4rem; align-items:center; position:sticky; top:0; background:var(--bg); padding:.4rem 0; z-index:3; }
.controls button { font:inherit; min-width:2.75rem; min-height:2.75rem; border:1px solid var(--line); border-radius:6px; background:var(--panel); color:var(--fg); cursor:pointer; }
.controls input { flex:1 1 8rem; min-width:6rem; min-height:2.75rem; accent-color:var(--focus); } .controls output { min-width:8rem; font-variant-numeric:tabular-nums; }
.hint { color:var(--soft); font-size:.8rem; } .no-script .controls { display:none; }
.split { display:grid; grid-template-columns:minmax(0,1fr) 24rem; gap:1.5rem; align-items:start; }
.steps { min-width:0; } .steps table { width:100%; } caption { text-align:left; color:var(--soft); font-size:.85rem; padding-bottom:.25rem; }
.steps thead th { font-size:.75rem; line-height:1.2; vertical-align:bottom; padding:0 .3rem .3rem 0; border-bottom:1px solid var(--line); }
.steps td, .steps tbody th { vertical-align:top; padding:0; height:2.2rem; } .n { width:2.6rem; }
.n button { font:inherit; font-weight:500; font-size:.8rem; width:2.2rem; min-height:1.8rem; margin:.15rem 0; border:1px solid transparent; border-radius:6px; background:none; color:var(--soft); cursor:pointer; }
td.lane { position:relative; width:4.2rem; border-left:2px dotted var(--line); } th.lane { width:4.2rem; }
.lane.t0{color:var(--t0)} .lane.t1{color:var(--t1)} .lane.t2{color:var(--t2)} .lane.t3{color:var(--t3)} .lane.t4{color:var(--t4)} .lane.t5{color:var(--t5)} .lane.t6{color:var(--t6)} .lane.t7{color:var(--t7)}
.who, dt { font-weight:600; } .who.t0,dt.t0{color:var(--t0)} .who.t1,dt.t1{color:var(--t1)} .who.t2,dt.t2{color:var(--t2)} .who.t3,dt.t3{color:var(--t3)} .who.t4,dt.t4{color:var(--t4)} .who.t5,dt.t5{color:var(--t5)} .who.t6,dt.t6{color:var(--t6)} .who.t7,dt.t7{color:var(--t7)}
.dot { position:absolute; left:-.45rem; top:.65rem; width:.85rem; height:.85rem; border-radius:50%; background:currentColor; border:2px solid var(--bg); z-index:1; }
.bar { position:absolute; top:0; bottom:0; width:.5rem; background:currentColor; } .bar.from { top:.65rem; border-top-left-radius:4px; border-top-right-radius:4px; }
.bar.to { bottom:auto; height:1.5rem; border-bottom-left-radius:4px; border-bottom-right-radius:4px; } .bar.from.to { height:.85rem; }
.s0{left:.7rem} .s1{left:1.5rem} .s2{left:2.3rem} .s3{left:3.1rem}
.b-write { color:var(--write); } .b-read { color:var(--read); opacity:.8; } .b-lock { color:var(--lock); }
.b-rcu { color:var(--rcu); background:repeating-linear-gradient(180deg,currentColor 0 5px,transparent 5px 8px); }
tr[data-step] { scroll-margin:5rem 0 1rem; } .steps td.what { padding:.3rem .5rem .5rem; border-bottom:1px solid var(--line); cursor:pointer; }
.where { font-size:.85rem; } .line { color:var(--soft); } .what code { display:block; white-space:pre-wrap; } .what ul { list-style:none; margin:.1rem 0 0; padding:0; font-size:.85rem; color:var(--soft); } .what li b { font-weight:500; }
.label { font-size:.9rem; } .e-warn, .warn .label { color:var(--red); } .what li.e-warn { color:var(--red); }
tr.now td.what { background:var(--bluebg); box-shadow:inset 4px 0 0 var(--focus); } tr.now .n button { border-color:var(--focus); color:var(--fg); background:var(--bluebg); }
.state { position:sticky; top:4rem; background:var(--panel); border:1px solid var(--line); border-radius:8px; padding:.2rem .9rem .7rem; max-height:calc(100vh - 5rem); overflow:auto; }
.positions { margin:0; font-size:.85rem; } .positions dd { margin:0 0 .35rem; } .positions .acts dd { font-weight:600; } .positions dd code { display:block; }
.state table { width:100%; font-size:.85rem; } .state th { width:45%; } .state td, .state th { padding:.15rem .5rem .15rem 0; vertical-align:top; font-weight:400; } .state tr.diff td { color:var(--amber); font-weight:600; } .state s { color:var(--soft); font-weight:400; }
.legend { display:flex; flex-wrap:wrap; gap:.3rem 1.2rem; font-size:.8rem; color:var(--soft); padding:0; list-style:none; } .legend .bar { display:inline-block; position:static; height:.9rem; vertical-align:-.1rem; margin-right:.35rem; }
.ending { border:1px solid var(--red); background:var(--redbg); color:var(--red); border-radius:6px; padding:.4rem .7rem; } .note { color:var(--soft); font-size:.9rem; }
@media (max-width:60rem) { .split { grid-template-columns:minmax(0,1fr); } .state { position:static; max-height:none; } .hint { display:none; } }
@media (max-width:44rem) { body { padding-left:.6rem; padding-right:.6rem; } .finding { padding-left:.5rem; border-left-width:3px; } .n, .n button { width:1.9rem; }
 td.lane, th.lane { width:1.35rem; min-width:1.35rem; max-width:1.35rem; } .steps th.lane { font-size:0; } .steps th.n { font-size:.65rem; } .bar { width:.3rem; } .s0{left:.42rem} .s1{left:.75rem} .s2{left:1.05rem} .s3{left:1.2rem}
 .dot { left:-.4rem; width:.75rem; height:.75rem; } .steps td.what { padding-right:.2rem; } .what code { font-size:.78em; } .where { font-size:.78rem; } .controls output { min-width:0; } }
@media (max-width:60rem) and (min-height:34rem) { .js .state { position:sticky; bottom:0; top:auto; max-height:38vh; z-index:2; } .js tr[data-step] { scroll-margin-bottom:40vh; } }
@media print { :root { color-scheme:light; --bg:#fff; --fg:#000; --soft:#444; --panel:#fff; --line:#bbb; --red:#b3151f; --redbg:#fff; --blue:#0a54b0; --bluebg:#fff; --amber:#7d4e00; --amberbg:#fff; --green:#116329; --greenbg:#fff;
 --write:#b3151f; --read:#0a54b0; --lock:#6f42c1; --rcu:#9a6700; --t0:#0a54b0; --t1:#8a3a00; --t2:#116329; --t3:#7a1fa2; --t4:#00606b; --t5:#a3195b; --t6:#5b5b00; --t7:#444c56; }
 body { max-width:none; font-size:11pt; } .controls, .state, .skip, .hint { display:none; } .split { display:block; } tr, .finding > h3 { break-inside:avoid; } .bar, .dot, .badge { print-color-adjust:exact; -webkit-print-color-adjust:exact; } tr.now td.what { background:none; box-shadow:none; } }
@media (prefers-reduced-motion:no-preference) { html { scroll-behavior:smooth; } }
`;
