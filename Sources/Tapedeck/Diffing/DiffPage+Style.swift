extension DiffPage {
    /// The style sheet: the system's own fonts and colours, light or dark as the reader has it, black on white on paper.
    static let style = """
        :root{color-scheme:light dark;--ink:#1b1f24;--soft:#59636e;--line:#d1d9e0;--bad:#b3261e;--warn:#8a5a00;
        --good:#1a7f37;--alarm:#fdecea;--page:#fff}
        @media (prefers-color-scheme:dark){
        :root{--ink:#e6edf3;--soft:#9198a1;--line:#3d444d;--bad:#ff8a80;--warn:#e3b341;--good:#56d364;--alarm:#3b1714;
        --page:#0d1117}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--page);color:var(--ink);font:15px/1.45 system-ui,sans-serif}
        main,footer{max-width:1100px;margin:0 auto;padding:1.2rem}
        h1{font-size:1.35rem;margin:0 0 .6rem;overflow-wrap:anywhere}
        h1.good{color:var(--good)}
        h1.bad{color:var(--bad)}
        h2{font-size:1.05rem;margin:1.8rem 0 .5rem}
        dl{display:flex;flex-wrap:wrap;gap:.3rem 1.6rem;margin:0}
        dt{color:var(--soft);font-size:.8rem}
        dd{margin:0;overflow-wrap:anywhere}
        .alarm{background:var(--alarm);border-left:4px solid var(--bad);padding:.1rem 1rem .6rem;margin:1rem 0}
        .calm,.when,footer{color:var(--soft)}
        .when{font-size:.85rem}
        table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
        thead th{text-align:left;color:var(--soft);font-weight:600;font-size:.8rem}
        th,td{padding:.2rem .8rem .2rem 0;border-bottom:1px solid var(--line);vertical-align:top;text-align:left}
        tbody th{font-weight:600;overflow-wrap:anywhere}
        .matrix td:nth-child(n+3),.matrix th:nth-child(n+3){text-align:right}
        .matrix tr:not(.first) th{border-bottom-color:transparent}
        .none{color:var(--soft)}
        .missing,.extra,.changed{color:var(--bad);font-weight:600}
        .reordered,.late{color:var(--warn);font-weight:600}
        .event{border:1px solid currentcolor;border-radius:.6rem;padding:0 .5rem;font-size:.8rem;white-space:nowrap}
        .what{overflow-wrap:anywhere;font-family:ui-monospace,monospace;font-size:.85rem}
        .seq{font-size:.8rem;color:var(--soft);white-space:nowrap}
        details{border:1px solid var(--line);border-radius:.4rem;padding:.4rem .8rem;margin:.5rem 0}
        summary{cursor:pointer;overflow-wrap:anywhere}
        footer{font-size:.8rem;border-top:1px solid var(--line);margin-top:1rem}
        @media print{
        :root{--ink:#000;--soft:#444;--line:#bbb;--bad:#a00;--warn:#750;--good:#060;--alarm:#fff;--page:#fff}
        body{font-size:10pt}
        main,footer{max-width:none;padding:0}
        details{border:0;padding:0}
        details::details-content{content-visibility:visible}
        tr{break-inside:avoid}
        h2,summary{break-after:avoid}
        thead{display:table-header-group}
        .alarm{border:1px solid var(--bad);border-left-width:4px}}
        """
}
