using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Bascule.EndToEnd.Secrets;

/// <summary>A secret, in every form in which it could turn up where it must not.</summary>
internal sealed class Canary(string name, byte[] secret)
{
    private readonly (string Form, byte[] Bytes)[] _forms = [.. Forms(secret).Where(form => form.Bytes.Length > 5)];

    public Canary(string name, string secret)
        : this(name, Encoding.UTF8.GetBytes(secret)) { }

    /// <summary>Says how the text holds the secret; null when it does not.</summary>
    public string? FindIn(ReadOnlySpan<byte> text)
    {
        foreach (var (form, bytes) in _forms)
        {
            if (text.IndexOf(bytes) >= 0)
                return $"{name} as {form}";
        }
        return null;
    }

    private static IEnumerable<(string Form, byte[] Bytes)> Forms(byte[] secret)
    {
        yield return ("it is", secret);
        for (var offset = 0; offset < 3; offset++)
        {
            var base64 = Base64At(secret, offset);
            yield return ($"base64 at {offset}", Ascii(base64));
            yield return ($"base64url at {offset}", Ascii(base64.Replace('+', '-').Replace('/', '_')));
        }
        yield return ("hex", Ascii(Convert.ToHexStringLower(secret)));
        yield return ("upper-case hex", Ascii(Convert.ToHexString(secret)));
        if (!Encoding.UTF8.GetString(secret).All(char.IsAscii))
            yield break;
        var text = Encoding.UTF8.GetString(secret);
        yield return ("URL-encoded", Ascii(Uri.EscapeDataString(text)));
        yield return ("form-encoded", Ascii(WebUtility.UrlEncode(text)));
        yield return ("HTML", Ascii(WebUtility.HtmlEncode(text)));
        yield return ("JSON", JsonEncodedText.Encode(text).EncodedUtf8Bytes.ToArray());
        yield return (
            "plain JSON",
            JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes.ToArray()
        );
    }

    /// <summary>What is the same in every base64 text that holds the secret after so many other bytes, modulo three.</summary>
    private static string Base64At(byte[] secret, int offset)
    {
        var text = Convert.ToBase64String([.. new byte[offset], .. secret]);
        var (first, end) = (((offset * 8) + 5) / 6, (offset + secret.Length) * 8 / 6);
        return text[first..end];
    }

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);
}
