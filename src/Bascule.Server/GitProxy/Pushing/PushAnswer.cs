using Bascule.Connectors.Git;
using Bascule.Core.Pushes;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>What a developer reads: one line per thing, and per ref whether it moved (gitprotocol-pack, "Report Status").</summary>
/// <param name="Unpacked">ok, or what is wrong with the pack.</param>
/// <param name="Refs">Null for a ref that moved, else why it did not, in a few words.</param>
internal sealed record PushAnswer(
    string Unpacked,
    IReadOnlyList<(RefCommand Command, string? WhyNot)> Refs,
    IReadOnlyList<string> Said
)
{
    private const int LongestWhy = 200;

    public IReadOnlyList<RefCommand> Moved => [.. Refs.Where(one => one.WhyNot is null).Select(one => one.Command)];

    /// <summary>Nothing moved, for one reason.</summary>
    public static PushAnswer Refused(PushRequest request, string why, IReadOnlyList<string> said) =>
        new("ok", [.. request.Commands.Select(command => (command, (string?)why))], said);

    public byte[] ToReport()
    {
        using var report = new MemoryStream();
        PktLine.Of($"unpack {UntrustedText.Line(Unpacked, LongestWhy)}\n").WriteTo(report);
        foreach (var (command, whyNot) in Refs)
            PktLine
                .Of(
                    whyNot is null
                        ? $"ok {command.Name}\n"
                        : $"ng {command.Name} {UntrustedText.Line(whyNot, LongestWhy)}\n"
                )
                .WriteTo(report);
        new PktLine(PktKind.Flush, default).WriteTo(report);
        return report.ToArray();
    }
}
