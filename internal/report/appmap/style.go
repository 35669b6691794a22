package appmap

// styles is the look of the picture. Colours are written out for both schemes, because not every viewer of SVG knows
// variables. Against its ground every text has a contrast of at least 4.5 to 1.
const styles = `
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"DejaVu Sans",sans-serif;fill:#1c2330}
.ground{fill:#ffffff}
.heading{font-size:21px;font-weight:650}
.name{font-size:16px;font-weight:650}
.about{font-size:12px;font-weight:400;fill:#55606f}
.rule{stroke:#d9dee5;fill:none}
.title{font-size:13px;font-weight:600}
.line,.more,.alert{font-size:11px;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#3d4755}
.more{fill:#55606f}
.end{text-anchor:end}
.alert{fill:#a31515;font-weight:600}
.box rect{fill:#f6f7f9;stroke:#aab2be;stroke-width:1.2}
.who rect{stroke-width:2}
.resource rect{fill:#ffffff}
.box.public rect{fill:#fdeeec;stroke:#c62828}
.box.authenticated rect{fill:#fff5e3;stroke:#b26a00}
.box.account rect{fill:#eaf2fc;stroke:#1565c0}
.box.unknown rect{stroke-dasharray:5 3}
.stripe{fill:none;stroke:#7a8492;stroke-width:3;stroke-linecap:round}
.public .stripe{stroke:#c62828}
.authenticated .stripe{stroke:#b26a00}
.account .stripe{stroke:#1565c0}
.blast{fill:none;stroke-width:5;stroke-linecap:round}
.blast.all{stroke:#8e24aa}
.blast.wide{stroke:#d0a3dc}
.edge{fill:none;stroke:#7a8492;stroke-width:1.4;stroke-opacity:.85}
.edge.public{stroke:#c62828}
.edge.authenticated{stroke:#b26a00}
.edge.account{stroke:#1565c0}
.edge.unknown{stroke-dasharray:7 4}
.edge.uses{stroke-width:1.6;stroke-dasharray:1.6 4;stroke-linecap:round}
.edge.denied{stroke:#8d97a5;stroke-width:1.2;stroke-dasharray:4 4}
.edge:hover{stroke-width:3;stroke-opacity:1}
.tip{fill:#7a8492}
.tip.public{fill:#c62828}
.tip.authenticated{fill:#b26a00}
.tip.account{fill:#1565c0}
@media (prefers-color-scheme: dark){
text{fill:#e7eaef}
.ground{fill:#14181f}
.about,.more{fill:#9aa5b4}
.rule{stroke:#2e3642}
.line{fill:#c3cad4}
.alert{fill:#ff9c94}
.box rect{fill:#1d232d;stroke:#566171}
.resource rect{fill:#171c24}
.box.public rect{fill:#351b1d;stroke:#f0716a}
.box.authenticated rect{fill:#33270f;stroke:#e0a13c}
.box.account rect{fill:#152840;stroke:#64a8f0}
.stripe,.edge{stroke:#8a95a5}
.public .stripe,.edge.public{stroke:#f0716a}
.authenticated .stripe,.edge.authenticated{stroke:#e0a13c}
.account .stripe,.edge.account{stroke:#64a8f0}
.blast.all{stroke:#d58cf0}
.blast.wide{stroke:#7d4d8f}
.edge.denied{stroke:#6d7888}
.tip{fill:#8a95a5}
.tip.public{fill:#f0716a}
.tip.authenticated{fill:#e0a13c}
.tip.account{fill:#64a8f0}
}
`
