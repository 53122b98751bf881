using Bascule.Core;

namespace Bascule.Connectors.Secrets;

/// <param name="SessionToken">Null for the keys of a user.</param>
/// <param name="UseUntil">When others are to be got.</param>
internal sealed record AwsCredentials(string KeyId, Secret SecretKey, Secret? SessionToken, DateTimeOffset UseUntil)
{
    /// <summary>Others are got this long before the end of these.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromMinutes(2);
}
