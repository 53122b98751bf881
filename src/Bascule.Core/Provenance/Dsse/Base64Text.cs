using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace Bascule.Core.Provenance.Dsse;

/// <summary>Base64 in either alphabet, as DSSE asks of every reader (RFC 4648, sections 4 and 5).</summary>
internal static class Base64Text
{
    public static bool TryRead(string text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        var safe = text.Replace('+', '-').Replace('/', '_');
        // The reader would pass over white space; two texts that differ should not be one payload.
        if (safe.Any(char.IsWhiteSpace) || !Base64Url.IsValid(safe))
            return false;
        bytes = Base64Url.DecodeFromChars(safe);
        return true;
    }
}
