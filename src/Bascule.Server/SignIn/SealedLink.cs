using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace Bascule.Server.SignIn;

/// <summary>A part of an address that only we can make: until when it is good, and 128 random bits, sealed.</summary>
internal sealed class SealedLink(IDataProtector protector)
{
    private const int Salt = 16;

    public string Make(DateTimeOffset until)
    {
        var bytes = new byte[sizeof(long) + Salt];
        BinaryPrimitives.WriteInt64BigEndian(bytes, until.ToUnixTimeSeconds());
        RandomNumberGenerator.Fill(bytes.AsSpan(sizeof(long)));
        return WebEncoders.Base64UrlEncode(protector.Protect(bytes));
    }

    /// <summary>Null for what we did not make.</summary>
    public DateTimeOffset? Read(string link)
    {
        try
        {
            var bytes = protector.Unprotect(WebEncoders.Base64UrlDecode(link));
            return DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(bytes));
        }
        catch (Exception foreign) when (foreign is CryptographicException or FormatException)
        {
            return null;
        }
    }
}
