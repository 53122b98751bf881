using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Connectors.Forges;

/// <summary>Owner and repository names: letters, digits, dot, dash and underscore are all that these forges allow, and all that may enter an address.</summary>
internal static class ForgeNames
{
    private const int MaxLength = 100;

    public static bool IsName(string? text) =>
        text is { Length: > 0 and <= MaxLength }
        && text is not ("." or "..")
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_');

    /// <summary>Where git finds a repository: below the connection's own address, never one that a payload names (THREATS T17).</summary>
    public static Uri GitUrl(Uri forge, ForgeRepository repository) =>
        new(forge.AbsoluteUri.TrimEnd('/') + OutboundPath.Of($"/{repository.Owner}/{repository.Name}.git"));

    /// <summary>A branch in the address of a page: its slashes stay.</summary>
    public static string BranchPath(RefName branch) =>
        string.Join('/', branch.ShortName.Split('/').Select(Uri.EscapeDataString));

    public static Problem NoSuchName(string owner, string name) =>
        Problem.NotFound($"no repository can be called '{Printable(owner)}/{Printable(name)}'; write OWNER/NAME");

    private static string Printable(string text) =>
        new([.. text.Take(MaxLength).Select(character => char.IsControl(character) ? '?' : character)]);
}
