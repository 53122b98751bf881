using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Bascule.Core;

namespace Bascule.Connectors.Secrets;

/// <summary>
/// AWS Signature Version 4 of a request to the root path without a query, which is all that the services' JSON protocol sends
/// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). Tested with AWS's own vectors.
/// </summary>
/// <param name="Region">And service: the scope of the signature.</param>
internal sealed record AwsSignature(AwsCredentials Credentials, string Region, string Service, DateTimeOffset Time)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>All headers of the request: those given, and those that the signature brings.</summary>
    /// <param name="headers">By their names in lower case, <c>host</c> among them.</param>
    public IReadOnlyDictionary<string, Secret> Sign(
        string method,
        IReadOnlyDictionary<string, string> headers,
        ReadOnlySpan<byte> body
    )
    {
        var stamp = Time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["x-amz-date"] = stamp };
        foreach (var (name, value) in headers)
            all[name] = value.Trim();
        if (Credentials.SessionToken is { } session)
            all["x-amz-security-token"] = session.Reveal();
        var names = string.Join(';', all.Keys);
        var lines = string.Concat(all.Select(header => $"{header.Key}:{header.Value}\n"));
        var canonical = $"{method}\n/\n\n{lines}\n{names}\n{Hex(SHA256.HashData(body))}";
        var scope = $"{stamp[..8]}/{Region}/{Service}/aws4_request";
        var signed = $"{Algorithm}\n{stamp}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var signature = Hex(HMACSHA256.HashData(Key(stamp[..8]), Encoding.UTF8.GetBytes(signed)));
        var sent = all.Where(header => header.Key is not ("host" or "content-type"))
            .ToDictionary(header => header.Key, header => new Secret(header.Value));
        sent["Authorization"] = new Secret(
            $"{Algorithm} Credential={Credentials.KeyId}/{scope}, SignedHeaders={names}, Signature={signature}"
        );
        return sent;
    }

    private byte[] Key(string day) =>
        new[] { day, Region, Service, "aws4_request" }.Aggregate(
            Encoding.UTF8.GetBytes("AWS4" + Credentials.SecretKey.Reveal()),
            (key, part) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part))
        );

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
