using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Bascule.Core.Signatures;

/// <summary>A public key as OpenSSH writes it: a type, base 64 (RFC 4253, section 6.6), and a comment that says nothing.</summary>
/// <param name="Material">Type and base 64, without the comment.</param>
/// <param name="Weakness">Why no signature of it counts; null for a good one.</param>
public sealed record SshPublicKey(string Type, string Fingerprint, string Material, string? Weakness)
{
    private const int LeastRsaBits = 2048;
    private const int MaxLine = 16 * 1024;

    /// <summary>No DSA and no certificates: a certificate's authority is nobody whom a person has confirmed.</summary>
    private static readonly HashSet<string> Good = new(StringComparer.Ordinal)
    {
        "ssh-ed25519",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "sk-ssh-ed25519@openssh.com",
        "sk-ecdsa-sha2-nistp256@openssh.com",
        "ssh-rsa",
    };

    /// <summary>Null for what is no public key, or says two different types.</summary>
    public static SshPublicKey? Parse(string line)
    {
        if (line.Length > MaxLine)
            return null;
        if (line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries) is not [var type, var text, ..])
            return null;
        var blob = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, blob, out var length))
            return null;
        var fields = Fields(blob.AsSpan(0, length));
        if (fields is not [var named, ..] || Encoding.ASCII.GetString(named) != type)
            return null;
        var digest = SHA256.HashData(blob.AsSpan(0, length));
        var fingerprint = Fingerprints.SshPrefix + Convert.ToBase64String(digest).TrimEnd('=');
        return new SshPublicKey(type, fingerprint, $"{type} {text}", WeaknessOf(type, fields));
    }

    private static string? WeaknessOf(string type, List<byte[]> fields)
    {
        if (!Good.Contains(type))
            return $"keys of type {type} do not count; make an ed25519 key: ssh-keygen -t ed25519";
        if (type != "ssh-rsa")
            return null;
        var bits = fields is [_, _, var modulus] ? Bits(modulus) : 0;
        return bits >= LeastRsaBits
            ? null
            : $"an RSA key of {bits} bits does not count, {LeastRsaBits} are the least; make another: ssh-keygen -t ed25519";
    }

    private static int Bits(byte[] number)
    {
        var significant = number.AsSpan().TrimStart((byte)0);
        return significant.IsEmpty ? 0 : (significant.Length * 8) - byte.LeadingZeroCount(significant[0]);
    }

    /// <summary>Strings with their length before them (RFC 4251, section 5); empty when they do not fill the blob exactly.</summary>
    private static List<byte[]> Fields(ReadOnlySpan<byte> blob)
    {
        var fields = new List<byte[]>();
        while (blob.Length >= sizeof(uint))
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(blob);
            blob = blob[sizeof(uint)..];
            if (length > blob.Length)
                return [];
            fields.Add(blob[..(int)length].ToArray());
            blob = blob[(int)length..];
        }
        return blob.IsEmpty ? fields : [];
    }
}
