using System.Security.Cryptography;
using System.Text;

namespace Bascule.Connectors.Platforms.AzureML.Code;

/// <summary>What the assets of a repository are called in a workspace.</summary>
internal static class AssetOwner
{
    private const int MaxSlug = 60;
    private const int DigestDigits = 12;

    /// <summary>No two repositories share a name, whatever theirs become in letters that an asset may have (THREATS T141).</summary>
    /// <param name="repository">owner/name.</param>
    public static string NameOf(string repository)
    {
        var slug = string.Concat(repository.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-'));
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(repository)))[..DigestDigits];
        return $"bascule-{slug[..Math.Min(slug.Length, MaxSlug)]}-{digest}";
    }
}
