namespace Bascule.Core.Evidence.Packing;

/// <summary>How the index looks: on a screen by day and by night, and on paper.</summary>
internal static class IndexStyle
{
    public const string Sheet = """

        :root { color-scheme: light dark; --line: #c8ccd0; --soft: #f2f4f6; --dim: #4b5560; --link: #0b57a4; }
        @media (prefers-color-scheme: dark) { :root { --line: #444b52; --soft: #1f2429; --dim: #b4bcc4; --link: #8ab8f0; } }
        @media (prefers-color-scheme: dark) { body { background: #14181b; color: #e6e9ec; } }
        body { font: 16px/1.5 system-ui, sans-serif; margin: 0; }
        main { max-width: 76rem; margin: 0 auto; padding: 1.5rem 1.5rem 4rem; }
        h1 { font-size: 1.6rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
        h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
        .lead { color: var(--dim); margin-top: 0; }
        a { color: var(--link); }
        code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
        table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem; }
        th, td { border: 1px solid var(--line); padding: .4rem .6rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
        thead th { background: var(--soft); white-space: nowrap; }
        .files { min-width: 17rem; }
        tbody th { font-weight: 600; width: 15rem; }
        tbody th span { font-weight: 400; color: var(--dim); }
        td:first-child a, td:last-child a { overflow-wrap: anywhere; }
        .pairs th { width: 9rem; background: var(--soft); }
        .number { text-align: right; }
        .facts { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .75rem; }
        .facts li { border: 1px solid var(--line); border-radius: .4rem; padding: .6rem .9rem; flex: 1 1 13rem; }
        .facts strong { display: block; font-size: 1.5rem; }
        @media print { main { max-width: none; padding: 0; } tr, li { break-inside: avoid; } body { font-size: 10pt; } }

        """;
}
