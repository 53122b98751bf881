using System.Buffers.Text;

namespace Bascule.Core.Identity.Tokens;

/// <summary>RFC 7515 section 2: no padding, no other letters, no white space, and no spare bits, so that bytes have one spelling.</summary>
internal static class StrictBase64Url
{
    /// <summary>Null when it is not that.</summary>
    public static byte[]? Decode(ReadOnlySpan<char> text)
    {
        if (text.Length % 4 == 1 || !IsAlphabet(text))
            return null;
        var bytes = Base64Url.DecodeFromChars(text);
        return text.SequenceEqual(Base64Url.EncodeToString(bytes)) ? bytes : null;
    }

    private static bool IsAlphabet(ReadOnlySpan<char> text)
    {
        foreach (var letter in text)
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_'))
                return false;
        return true;
    }
}
