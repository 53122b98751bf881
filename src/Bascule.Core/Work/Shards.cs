using System.Security.Cryptography;
using System.Text;

namespace Bascule.Core.Work;

/// <summary>Spreads lanes over shards.</summary>
public static class Shards
{
    /// <summary>Fixed: every replica and every stored row must agree on it.</summary>
    public const int Count = 32;

    /// <summary>From 0; the same in every process and for ever.</summary>
    public static int Of(string lane)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(lane), digest);
        return digest[0] % Count;
    }
}
