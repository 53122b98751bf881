using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.People;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>
/// A person pushes what both the policy and their own account at the forge allow: Bascule's credential there must not lend anybody what they do not have. A
/// workload has no account; its policy alone decides.
/// </summary>
internal sealed class PushPermission(IPeopleStore people, PushLimits limits)
{
    public const string Rule = "pushes.account";

    /// <summary>The account that the push goes by; null for a workload.</summary>
    public async Task<Result<ForgeAccount?>> CheckAsync(
        GitPass pass,
        ProxiedRepository repository,
        CancellationToken cancellationToken
    )
    {
        if (pass.Holder.Type == ActorType.Workload)
            return Result.Of<ForgeAccount?>(null);
        var forge = $"forge '{repository.Connection.Name}'";
        var links = await people.ReadLinksAsync(pass.Holder.Uid, cancellationToken);
        if (links.FirstOrDefault(link => link.ForgeUid == repository.Key.ForgeUid) is not { } link)
            return Problem.Denied(
                $"you have linked no account at {forge}, so nobody can tell what you may push; run: bascule account link {repository.Connection.Name}"
            );
        var account = new ForgeAccount(link.AccountId, link.Login);
        if (repository.Forge is not IAccountPermissions permissions)
            return limits.Settings.TrustWherePermissionIsUnknown
                ? account
                : Problem.Denied(
                    $"{forge} does not tell what your account may push; push there yourself, or have an operator set pushes.without_permission: allow"
                );
        var found = await permissions.CanPushAsync(repository.Repository, account, cancellationToken);
        if (found.Failed(out var unknown))
            return unknown;
        return found.Value
            ? account
            : Problem.Denied(
                $"the account that you have linked may not push to {repository.Repository.FullName} at {forge}; ask its owner for write access there"
            );
    }
}
