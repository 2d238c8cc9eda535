// The look of a report: one page that fetches nothing, dark where the reader's screen is, fit for a phone and
// for paper.
#pragma once

#include <string_view>

namespace dln::validation {

inline constexpr std::string_view kStyle = R"css(
:root { --ink:#1b1f24; --soft:#57606a; --paper:#fff; --line:#d0d7de; --card:#f6f8fa; --good:#1a7f37; --note:#7a4d00; --bad:#b3261e; --link:#0a4fa0; }
@media screen and (prefers-color-scheme: dark) { :root { --ink:#e6edf3; --soft:#9da7b3; --paper:#0f141a; --line:#3a444f; --card:#182029; --good:#57c76f; --note:#e0a83c; --bad:#ff8077; --link:#79b8ff; } }
* { box-sizing: border-box; }
body { margin:0; font:16px/1.55 system-ui, sans-serif; color:var(--ink); background:var(--paper); }
main, header { max-width:70rem; margin:0 auto; padding:0 1.2rem; }
h1 { font-size:1.7rem; line-height:1.25; margin:1.6rem 0 .4rem; }
h2 { margin:2.6rem 0 .6rem; border-bottom:1px solid var(--line); padding-bottom:.3rem; }
h3 { margin:0; font-size:1.05rem; font-weight:600; line-height:1.45; }
a { color:var(--link); }
nav ul { list-style:none; padding:0; display:flex; flex-wrap:wrap; gap:.3rem 1.1rem; }
.answer { font-size:1.15rem; margin:.4rem 0 .8rem; }
.scroll { overflow-x:auto; }
table { border-collapse:collapse; width:100%; font-size:.92rem; }
th, td { text-align:left; padding:.35rem .6rem; border-bottom:1px solid var(--line); vertical-align:top; }
th { color:var(--soft); font-weight:600; }
caption { text-align:left; padding:1rem 0 .3rem; font-weight:600; }
td.number { font-variant-numeric:tabular-nums; white-space:nowrap; }
article { background:var(--card); border:1px solid var(--line); border-radius:8px; padding:1rem 1.1rem; margin:1rem 0; }
.formula { font-family:"STIX Two Text", Cambria, Georgia, serif; font-size:1.1rem; margin:.5rem 0; overflow-x:auto; }
.verdict { font-weight:700; white-space:nowrap; }
.holds { color:var(--good); } .refuted_as_printed { color:var(--note); } .fails, .not_run { color:var(--bad); }
details { margin:.35rem 0; } summary { cursor:pointer; } details ol { margin:.4rem 0; } code { font-size:.88rem; overflow-wrap:anywhere; }
.meta { color:var(--soft); font-size:.9rem; margin:.3rem 0; }
.reason { color:var(--soft); font-size:.86rem; }
figure { margin:1.4rem 0; } figure > div { background:#fff; border:1px solid var(--line); border-radius:8px; padding:.4rem; overflow-x:auto; }
figure svg { max-width:100%; height:auto; display:block; margin:0 auto; } figcaption { color:var(--soft); margin-top:.4rem; }
dl { display:grid; grid-template-columns:max-content 1fr; gap:.2rem 1rem; } dt { color:var(--soft); } dd { margin:0; overflow-wrap:anywhere; }
form { display:contents; } fieldset { border:0; padding:0; margin:.4rem 0; } .choices { display:flex; flex-wrap:wrap; gap:.3rem .5rem; margin:.5rem 0; align-items:baseline; }
.choice { position:absolute; opacity:0; } .choices label { border:1px solid var(--line); border-radius:1rem; padding:.05rem .7rem; cursor:pointer; font-size:.9rem; } .choices b { font-size:.9rem; color:var(--soft); font-weight:600; }
.margins { width:7.5rem; height:1.1rem; display:block; } .margins line { stroke:var(--soft); } .margins .bound { stroke:var(--ink); stroke-width:1.5; } .margins circle { fill:var(--good); fill-opacity:.55; } .margins path { stroke:var(--bad); stroke-width:2; fill:none; }
.erratum { border-left:3px solid var(--note); padding:.1rem 0 .1rem .9rem; margin:1rem 0; } .erratum p { margin:.2rem 0; } .verdict-line { font-size:1.35rem; font-weight:600; margin:.2rem 0 .5rem; }
@media (max-width:40rem) { .overview th:nth-child(n+4), .overview td:nth-child(n+4) { display:none; } .overview .verdict { white-space:normal; } dl { grid-template-columns:1fr; } dd { margin-bottom:.4rem; } }
@page { margin:15mm; }
@media print { :root { font-size:10px; } body { font-size:1rem; } main, header { max-width:none; padding:0; } article { background:none; padding:.6rem .8rem; } .scroll, figure > div { overflow:visible; } tr, figure, .formula { break-inside:avoid; } h2, h3, caption { break-after:avoid; } .margins { width:6rem; } figure svg { max-height:20cm; } nav, .choices { display:none; } }
)css";

}  // namespace dln::validation
