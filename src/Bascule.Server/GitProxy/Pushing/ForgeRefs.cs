using System.Globalization;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>Where the forge's branches and tags are, and what it can do, as it tells whoever pushes (gitprotocol-pack, "Reference Discovery").</summary>
/// <param name="Tips">An annotated tag by its own id. Everything that is neither branch nor tag is left out, and what other forks have (<c>.have</c>).</param>
internal sealed record ForgeRefs(IReadOnlyDictionary<RefName, CommitId> Tips, IReadOnlySet<string> Capabilities)
{
    private const int Sha1Digits = 40;

    /// <exception cref="InvalidDataException">It is not in git's packet format.</exception>
    public static async Task<Result<ForgeRefs>> ReadAsync(
        Stream stream,
        int maxRefs,
        CancellationToken cancellationToken
    )
    {
        await SkipServiceAsync(stream, cancellationToken);
        var tips = new Dictionary<RefName, CommitId>();
        HashSet<string>? capabilities = null;
        while (await PktLine.ReadAsync(stream, cancellationToken) is { Kind: PktKind.Data } line)
        {
            var (text, said) = Split(line.Text);
            capabilities ??= [.. said];
            if (text.Split(' ', 2) is not [var hex, var plain] || !CommitId.TryParse(hex, out var id))
                return Problem.Unavailable("the forge's list of refs is malformed");
            if (hex.Length != Sha1Digits)
                return Problem.Invalid("repositories whose object ids are SHA-256 are not pushed to through Bascule");
            if (!id.IsZero && RefName.TryParse(plain, out var name) && (name.IsBranch || name.IsTag))
                tips[name] = id;
            if (tips.Count > maxRefs)
                return Problem.Exceeded(
                    string.Create(CultureInfo.InvariantCulture, $"the repository has more than {maxRefs} refs")
                );
        }
        return new ForgeRefs(tips, capabilities ?? []);
    }

    public bool Can(string capability) => Capabilities.Contains(capability);

    private static async Task SkipServiceAsync(Stream stream, CancellationToken cancellationToken)
    {
        var first = await PktLine.ReadAsync(stream, cancellationToken);
        var end = await PktLine.ReadAsync(stream, cancellationToken);
        if (first?.Text != "# service=git-receive-pack" || end?.Kind != PktKind.Flush)
            throw new InvalidDataException("the forge does not speak git's smart HTTP");
    }

    private static (string Text, string[] Capabilities) Split(string line)
    {
        var end = line.IndexOf('\0', StringComparison.Ordinal);
        return end < 0
            ? (line, [])
            : (line[..end], line[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }
}
