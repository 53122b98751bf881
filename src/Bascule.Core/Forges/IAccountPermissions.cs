namespace Bascule.Core.Forges;

/// <summary>The role of a forge that tells what an account may do with a repository (Gitea, Forgejo; not Gogs).</summary>
public interface IAccountPermissions
{
    /// <summary>
    /// Whether the account itself may push there. Asked by its login, compared by its number: false when the login belongs to somebody else now (THREATS T40).
    /// False too when the account has gone. Unavailable when it cannot be told now.
    /// </summary>
    Task<Result<bool>> CanPushAsync(
        ForgeRepository repository,
        ForgeAccount account,
        CancellationToken cancellationToken
    );
}
