using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Bascule.Simulators.Secrets;

/// <summary>Computes Signature Version 4 of what arrived, step by step as IAM's user guide describes it, and compares.</summary>
internal sealed partial class AwsSignatureCheck(string region, string service, DateTimeOffset now)
{
    private static readonly TimeSpan Leeway = TimeSpan.FromMinutes(5);

    /// <returns>Null when all is well.</returns>
    public (string Code, string Message)? Judge(ServiceRequest request, Func<string, AwsKeys?> find)
    {
        if (request.Header("Authorization") is not { } authorization)
            return ("MissingAuthenticationTokenException", "Missing Authentication Token");
        var parts = Form().Match(authorization);
        var stamp = request.Header("X-Amz-Date");
        if (!parts.Success || stamp is null)
            return ("IncompleteSignatureException", "Authorization header requires all its parts, and a date");
        var (id, scope, names) = (
            parts.Groups["id"].Value,
            parts.Groups["scope"].Value,
            parts.Groups["names"].Value.Split(';')
        );
        if (scope != $"{stamp[..8]}/{region}/{service}/aws4_request")
            return ("InvalidSignatureException", "Credential should be scoped to a valid region, service and day");
        if (!TryParse(stamp, out var time) || (now - time).Duration() > Leeway)
            return ("InvalidSignatureException", "Signature expired");
        if (find(id) is not { } keys)
            return ("UnrecognizedClientException", "The security token included in the request is invalid.");
        if (keys.Session != request.Header("X-Amz-Security-Token"))
            return ("UnrecognizedClientException", "The security token included in the request is invalid.");
        if (keys.End <= now)
            return ("ExpiredTokenException", "The security token included in the request is expired");
        if (!names.SequenceEqual(names.Order(StringComparer.Ordinal)) || Unsigned(request, names) is not null)
            return ("InvalidSignatureException", $"header not signed: {Unsigned(request, names)}");
        return parts.Groups["signature"].Value == Signature(request, keys.Secret, stamp, scope, names)
            ? null
            : (
                "InvalidSignatureException",
                "The request signature we calculated does not match the signature you provided."
            );
    }

    /// <summary>Host, content type and everything that begins with x-amz- must be signed.</summary>
    private static string? Unsigned(ServiceRequest request, string[] names) =>
        request
            .Http.Headers.Keys.Select(name => name.ToLowerInvariant())
            .Where(name => name is "host" or "content-type" || name.StartsWith("x-amz-", StringComparison.Ordinal))
            .FirstOrDefault(name => !names.Contains(name));

    private string Signature(ServiceRequest request, string secret, string stamp, string scope, string[] names)
    {
        var text = new StringBuilder().Append(request.Method).Append('\n').Append(request.Path).Append("\n\n");
        foreach (var name in names)
            text.Append(name).Append(':').Append(request.Header(name)?.Trim()).Append('\n');
        text.Append('\n').AppendJoin(';', names).Append('\n').Append(Hash(request.Body));
        var signed = $"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{Hash(Encoding.UTF8.GetBytes(text.ToString()))}";
        var key = Mac(Encoding.UTF8.GetBytes("AWS4" + secret), stamp[..8]);
        key = Mac(Mac(Mac(key, region), service), "aws4_request");
        return Convert.ToHexStringLower(Mac(key, signed));
    }

    private static byte[] Mac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static bool TryParse(string stamp, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(
            stamp,
            "yyyyMMdd'T'HHmmss'Z'",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out time
        );

    [GeneratedRegex(
        @"\AAWS4-HMAC-SHA256 Credential=(?<id>[A-Z0-9]+)/(?<scope>[^,]+), SignedHeaders=(?<names>[a-z0-9;-]+), Signature=(?<signature>[0-9a-f]{64})\z",
        RegexOptions.NonBacktracking
    )]
    private static partial Regex Form();
}
