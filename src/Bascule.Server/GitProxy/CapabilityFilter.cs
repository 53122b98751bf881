namespace Bascule.Server.GitProxy;

/// <summary>
/// Passes on what the forge can do, and never more than Bascule lets through: no bundle-uri, no packfile-uris, no ref-in-want, no object-info (THREATS T88).
/// What is not known here is left out, whatever git learns one day.
/// </summary>
internal static class CapabilityFilter
{
    private const string Version = "version 2";

    /// <summary>Of a version 2 advertisement, which holds nothing else: some lines of some dozen bytes.</summary>
    private const int MaxLines = 64;

    private static readonly string[] Kept = ["agent", "object-format", "server-option"];
    private static readonly string[] KeptOfFetch = ["shallow", "wait-for-done", "filter", "sideband-all"];

    /// <summary>Null for an advertisement of version 0 or 1: what was read of it until then is in <paramref name="read"/>, and more follows.</summary>
    public static async Task<bool> ReadAsync(Stream source, Stream read, CancellationToken cancellationToken)
    {
        for (var lines = 0; lines < MaxLines; lines++)
        {
            if (await PktLine.ReadAsync(source, cancellationToken) is not { } packet)
                return false;
            if (packet.Kind == PktKind.Data && packet.Text == Version)
            {
                packet.WriteTo(read);
                await ReadCapabilitiesAsync(source, read, cancellationToken);
                return true;
            }
            packet.WriteTo(read);
            // Before the version stands at most the name of the service and the flush behind it.
            if (packet.Kind == PktKind.Data && !packet.Text.StartsWith("# service=", StringComparison.Ordinal))
                return false;
        }
        return false;
    }

    private static async Task ReadCapabilitiesAsync(Stream source, Stream read, CancellationToken cancellationToken)
    {
        for (var lines = 0; lines < MaxLines; lines++)
        {
            if (await PktLine.ReadAsync(source, cancellationToken) is not { Kind: PktKind.Data } packet)
            {
                new PktLine(PktKind.Flush, default).WriteTo(read);
                return;
            }
            if (Filter(packet.Text) is { } kept)
                PktLine.Of(kept + "\n").WriteTo(read);
        }
        throw new InvalidDataException("the forge can do more things than there are");
    }

    private static string? Filter(string line)
    {
        var (name, value) = line.Split('=', 2) is [var left, var right] ? (left, right) : (line, null);
        return name switch
        {
            "ls-refs" => value == "unborn" ? line : name,
            "fetch" => $"fetch={string.Join(' ', (value ?? "").Split(' ').Intersect(KeptOfFetch))}".TrimEnd('='),
            _ when Kept.Contains(name) => line,
            _ => null,
        };
    }
}
