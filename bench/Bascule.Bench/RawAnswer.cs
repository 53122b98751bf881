using System.Globalization;
using System.Text;

namespace Bascule.Bench;

/// <summary>An HTTP/1.1 answer as bytes: load generators read no more of it than they must.</summary>
internal static class RawAnswer
{
    private const string Length = "Content-Length: ";

    public static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;
        var headers = Encoding.ASCII.GetString(answer[..end]);
        if (headers.Contains("chunked", StringComparison.OrdinalIgnoreCase))
            return answer.EndsWith("0\r\n\r\n"u8);
        var at = headers.IndexOf(Length, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            throw new InvalidDataException($"the answer does not say how long it is: {headers}");
        var length = int.Parse(headers[(at + Length.Length)..].Split('\r')[0], CultureInfo.InvariantCulture);
        return answer.Length >= end + 4 + length;
    }
}
