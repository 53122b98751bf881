using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Bascule.Simulators.Azure.MachineLearning.Storage;

/// <summary>
/// Shared access signatures ("Create a service SAS" in Azure Storage's documentation): what they let do, on what, and until when. What is signed is the simulator's
/// own text, as nobody but it can know the account's key.
/// </summary>
internal sealed class SharedAccess(TimeProvider time, TimeSpan lifetime)
{
    /// <summary>Create and write.</summary>
    public const string Upload = "cw";

    public const string Read = "r";

    private const string Version = "2021-12-02";
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, bool> _issued = [];

    /// <summary>All signatures ever given out: what nobody may ever say.</summary>
    public IEnumerable<string> Issued => _issued.Keys;

    public string ForContainer(string container, string permissions) => Sign("c", container, permissions);

    public string ForBlob(string container, string blob, string permissions) =>
        Sign("b", $"{container}/{blob}", permissions);

    /// <summary>Null when the request is allowed.</summary>
    /// <param name="permission">One of these letters is enough.</param>
    public BlobReply? Refuse(IQueryCollection query, string container, string blob, string permission)
    {
        string Of(string name) => query.TryGetValue(name, out var value) ? value.ToString() : "";

        if (Of("sig").Length == 0)
            return BlobReply.Refuse(
                401,
                "NoAuthenticationInformation",
                "Server failed to authenticate the request. Please refer to the information in the www-authenticate header."
            );
        var resource = Of("sr") switch
        {
            "c" => container,
            "b" => $"{container}/{blob}",
            _ => "",
        };
        if (!IsSigned(Of("sig"), Text(Of("sr"), resource, Of("sp"), Of("se"), Of("sv"))))
            return Unauthenticated("Signature did not match.");
        var end = DateTimeOffset.Parse(Of("se"), CultureInfo.InvariantCulture);
        if (end <= time.GetUtcNow())
            return Unauthenticated("Signature not valid in the specified time frame.");
        return Of("sp").Any(permission.Contains)
            ? null
            : BlobReply.Refuse(
                403,
                "AuthorizationPermissionMismatch",
                "This request is not authorized to perform this operation using this permission."
            );
    }

    private static BlobReply Unauthenticated(string detail) =>
        BlobReply.Refuse(
            403,
            "AuthenticationFailed",
            "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature. "
                + detail
        );

    private string Sign(string kind, string resource, string permissions)
    {
        var end = (time.GetUtcNow() + lifetime).UtcDateTime.ToString(
            "yyyy-MM-ddTHH:mm:ssZ",
            CultureInfo.InvariantCulture
        );
        var signature = Convert.ToBase64String(
            HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(Text(kind, resource, permissions, end, Version)))
        );
        _issued.TryAdd(signature, true);
        return $"sv={Version}&se={Uri.EscapeDataString(end)}&sr={kind}&sp={permissions}&spr=https&sig={Uri.EscapeDataString(signature)}";
    }

    private bool IsSigned(string signature, string text)
    {
        var given = new byte[32];
        return Convert.TryFromBase64String(signature, given, out var length)
            && length == given.Length
            && CryptographicOperations.FixedTimeEquals(given, HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text)));
    }

    private static string Text(string kind, string resource, string permissions, string end, string version) =>
        string.Join('\n', kind, resource, permissions, end, version);
}
