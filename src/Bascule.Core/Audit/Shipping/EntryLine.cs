using System.Globalization;

namespace Bascule.Core.Audit.Shipping;

/// <summary>An entry as one line of JSON, for collectors that take lines.</summary>
public static class EntryLine
{
    /// <summary>Without a line break, inside or at the end.</summary>
    public static string Of(ShippedEntry entry) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"index":{{entry.Index}},"leaf_hash":"{{entry.LeafHash}}","entry":{{LineSafe.Text(entry.Canonical.Span)}}}"""
        );
}
