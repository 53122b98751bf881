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
            ? new WrappingKey(match.Groups["scheme"].Value, match.Groups["place"].Value, match.Groups["name"].Value)
            : null;
    }

    public override string ToString() => $"{Scheme}:{Place}/{Name}";

    [GeneratedRegex(
        @"\A(?<scheme>vault-transit|azure-key):(?<place>[A-Za-z0-9_-]{1,127})/(?<name>[A-Za-z0-9_-]{1,127})\z",
        RegexOptions.NonBacktracking
    )]
    private static partial Regex Form();
}
