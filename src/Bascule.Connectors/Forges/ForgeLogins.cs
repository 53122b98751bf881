using System.Text;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Connectors.Forges;

/// <summary>How git comes by a connection's credential as it is at the moment of each request.</summary>
internal static class ForgeLogins
{
    /// <param name="login">What of it git shows.</param>
    public static GitAccess Access(
        Uri repository,
        string? caFile,
        ForgeCredential credential,
        Func<ForgeSecret, GitLogin> login
    ) =>
        new(repository, () => credential.Current is { } secret ? login(secret) : null, caFile)
        {
            RenewAsync = async (refused, cancellationToken) =>
                credential.Current is { } current
                && (!Same(login(current), refused) || await credential.RenewAsync(current, cancellationToken)),
        };

    /// <summary>The value of an Authorization header (RFC 7617).</summary>
    public static Secret Basic(string account, Secret password) =>
        new("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{account}:{password.Reveal()}")));

    private static bool Same(GitLogin one, GitLogin other) =>
        one.UserName == other.UserName && one.Password.Reveal() == other.Password.Reveal();
}
