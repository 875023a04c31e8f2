extension TimelinePage {
    /// The style sheet: the system's own fonts and colours, light or dark as the reader has it, black on white on paper.
    static let style = """
        :root{color-scheme:light dark;--ink:#1b1f24;--soft:#59636e;--line:#d1d9e0;--bad:#b3261e;--alarm:#fdecea;--page:#fff}
        @media (prefers-color-scheme:dark){
        :root{--ink:#e6edf3;--soft:#9198a1;--line:#3d444d;--bad:#ff8a80;--alarm:#3b1714;--page:#0d1117}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--page);color:var(--ink);font:15px/1.45 system-ui,sans-serif}
        main,footer{max-width:1000px;margin:0 auto;padding:1.2rem}
        h1{font-size:1.35rem;margin:0 0 .6rem;overflow-wrap:anywhere}
        h2{font-size:1.05rem;margin:1.8rem 0 .5rem}
        dl{display:flex;flex-wrap:wrap;gap:.3rem 1.6rem;margin:0}
        dt{color:var(--soft);font-size:.8rem}
        dd{margin:0;font-variant-numeric:tabular-nums}
        .alarm{background:var(--alarm);border-left:4px solid var(--bad);padding:.1rem 1rem .6rem;margin:1rem 0}
        .alarm h2{margin-top:.7rem}
        .calm,.when,footer{color:var(--soft)}
        .when{font-size:.85rem;white-space:nowrap}
        ul,ol{margin:.3rem 0;padding-left:1.3rem}
        li{overflow-wrap:anywhere}
        figure{margin:1.4rem 0}
        figcaption{font-weight:600;margin-bottom:.3rem}
        figure svg{width:100%;height:auto;display:block}
        table{border-collapse:collapse;width:100%}
        th{text-align:left;color:var(--soft);font-weight:600;font-size:.8rem}
        th,td{padding:.25rem .8rem .25rem 0;border-bottom:1px solid var(--line);vertical-align:top}
        td:first-child{white-space:nowrap;font-variant-numeric:tabular-nums}
        td:nth-child(3){overflow-wrap:anywhere;width:100%}
        .event{border:1px solid var(--line);border-radius:.6rem;padding:0 .5rem;font-size:.8rem;white-space:nowrap}
        .bad .event{border-color:var(--bad);color:var(--bad);font-weight:600}
        .bad td:nth-child(3){font-weight:600}
        .usual td:nth-child(3),.seq{color:var(--soft)}
        .seq{font-size:.8rem;text-align:right;padding-right:0;font-variant-numeric:tabular-nums}
        footer{font-size:.8rem;border-top:1px solid var(--line);margin-top:1rem}
        @media print{
        :root{--ink:#000;--soft:#444;--line:#bbb;--bad:#a00;--alarm:#fff;--page:#fff}
        body{font-size:10pt}
        main,footer{max-width:none;padding:0}
        tr,figure,li{break-inside:avoid}
        h2{break-after:avoid}
        thead{display:table-header-group}
        .alarm{border:1px solid var(--bad);border-left-width:4px}}
        """
}
