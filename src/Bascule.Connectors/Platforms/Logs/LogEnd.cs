using System.Text;

namespace Bascule.Connectors.Platforms.Logs;

/// <summary>The end of a log: what fits, cut at its start.</summary>
internal static class LogEnd
{
    private const int MaxBytes = 64 * 1024;

    public static string Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <param name="utf8">What is not UTF-8 in it becomes U+FFFD.</param>
    public static string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length <= MaxBytes)
            return Encoding.UTF8.GetString(utf8);
        var start = utf8.Length - MaxBytes;
        while (start < utf8.Length && (utf8[start] & 0xC0) == 0x80)
            start++; // never in the middle of a character
        return Encoding.UTF8.GetString(utf8[start..]);
    }
}
