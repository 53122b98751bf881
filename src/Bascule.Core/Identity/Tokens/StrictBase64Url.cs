using System.Buffers;
using System.Buffers.Text;

namespace Bascule.Core.Identity.Tokens;

/// <summary>RFC 7515 section 2: no padding, no other letters, no white space, and no spare bits, so that bytes have one spelling.</summary>
internal static class StrictBase64Url
{
    /// <summary>Null when it is not that.</summary>
    public static byte[]? Decode(ReadOnlySpan<char> text)
    {
        // The framework's reader passes over white space and padding; spare bits that are not zero it refuses itself.
        if (text.Length % 4 == 1 || !IsAlphabet(text))
            return null;
        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        return Base64Url.DecodeFromChars(text, bytes, out _, out var written) == OperationStatus.Done
            ? bytes[..written]
            : null;
    }

    private static bool IsAlphabet(ReadOnlySpan<char> text)
    {
        foreach (var letter in text)
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_'))
                return false;
        return true;
    }
}
