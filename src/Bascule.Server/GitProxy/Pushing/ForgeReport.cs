using Bascule.Connectors.Git;
using Bascule.Core;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>What the forge made of a push (gitprotocol-pack, "Report Status").</summary>
/// <param name="Unpacked">ok, or why the pack was not taken.</param>
/// <param name="Refs">Null for a ref that moved, else why it did not.</param>
/// <param name="Said">Lines for people, harmless to a terminal.</param>
internal sealed record ForgeReport(
    string Unpacked,
    IReadOnlyDictionary<string, string?> Refs,
    IReadOnlyList<string> Said
)
{
    private const int MostSaid = 30;
    private const int LongestLine = 300;
    private const int LargestReport = 1 << 20;
    private const byte Report = 1;
    private const byte Progress = 2;
    private const byte Fatal = 3;

    /// <summary>Why this ref did not move; null when it did. A ref of which nothing is said did not.</summary>
    public string? WhyNot(string name) =>
        Unpacked != "ok" ? $"the forge did not take the pack: {Unpacked}"
        : Refs.TryGetValue(name, out var why) ? why
        : "the forge did not say what became of it";

    /// <exception cref="InvalidDataException">It is not in git's packet format.</exception>
    public static async Task<Result<ForgeReport>> ReadAsync(
        Stream stream,
        bool inBands,
        CancellationToken cancellationToken
    )
    {
        using var report = new MemoryStream();
        using var said = new MemoryStream();
        while (await PktLine.ReadAsync(stream, cancellationToken) is { } line)
        {
            if (line.Kind != PktKind.Data)
            {
                if (inBands)
                    break;
                line.WriteTo(report);
            }
            else if (!inBands)
                line.WriteTo(report);
            else if (line.Data.Span is [Report, .. var bytes])
                report.Write(bytes);
            else if (line.Data.Span is [Progress or Fatal, .. var text] && said.Length < LongestLine * MostSaid)
                said.Write(text);
            if (report.Length > LargestReport)
                return Problem.Unavailable("the forge's report is larger than any can be");
        }
        report.Position = 0;
        return await ParseAsync(report, Lines(said), cancellationToken);
    }

    private static async Task<Result<ForgeReport>> ParseAsync(
        Stream report,
        IReadOnlyList<string> said,
        CancellationToken cancellationToken
    )
    {
        var unpacked = "";
        var refs = new Dictionary<string, string?>(StringComparer.Ordinal);
        while (await PktLine.ReadAsync(report, cancellationToken) is { Kind: PktKind.Data } line)
        {
            switch (line.Text.Split(' ', 3))
            {
                case ["unpack", .. var rest]:
                    unpacked = UntrustedText.Line(string.Join(' ', rest), LongestLine);
                    break;
                case ["ok", var name, ..]:
                    refs[name] = null;
                    break;
                case ["ng", var name, .. var why]:
                    refs[name] = UntrustedText.Line(string.Join(' ', why), LongestLine);
                    break;
            }
        }
        return unpacked.Length == 0
            ? Problem.Unavailable("the forge did not report what became of the push; run git fetch to see")
            : new ForgeReport(unpacked, refs, said);
    }

    private static IReadOnlyList<string> Lines(MemoryStream said) =>
        [
            .. UntrustedText
                .Decode(said.ToArray())
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => UntrustedText.Line(line, LongestLine))
                .Take(MostSaid),
        ];
}
