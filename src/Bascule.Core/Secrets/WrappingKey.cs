using System.Text.RegularExpressions;

namespace Bascule.Core.Secrets;

/// <summary>A key elsewhere: <c>vault-transit:MOUNT/KEY</c> or <c>azure-key:VAULT/KEY</c>.</summary>
/// <param name="Place">Where the transit engine is mounted, or which vault.</param>
public sealed partial record WrappingKey(string Scheme, string Place, string Name)
{
    public static WrappingKey? Parse(string text)
    {
        var match = Form().Match(text);
        return match.Success
            ? new WrappingKey(match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value)
            : null;
    }

    public override string ToString() => $"{Scheme}:{Place}/{Name}";

    [GeneratedRegex(
        @"\A(vault-transit|azure-key):([A-Za-z0-9_-]{1,127})/([A-Za-z0-9_-]{1,127})\z",
        RegexOptions.NonBacktracking
    )]
    private static partial Regex Form();
}
