using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Server.Configuration;
using Bascule.Server.Connections;

namespace Bascule.Server.Exchange.Delegation;

/// <summary>What a policy repository said at one commit.</summary>
internal sealed record DelegatedPolicies(
    RepositoryKey Repository,
    CommitId Commit,
    IReadOnlyList<TrustPolicy> Policies
);

/// <summary>
/// Reads the policies of the repository that the settings name, at the tip of its branch: only if it is still that repository, its branch is protected, and all of
/// the file is right.
/// </summary>
internal sealed class PolicyRepository(ForgeConnections forges, ExchangeSettings settings, IMirrors mirrors)
{
    private const int MostFaults = 10;

    /// <summary>Whether this is the repository that holds the policies: nobody gets a token for it (THREATS T53).</summary>
    public bool Is(RepositoryKey repository) =>
        settings.Delegation is { } delegation
        && repository.Id == delegation.Id
        && forges.FindByName(delegation.Forge)?.Uid == repository.ForgeUid;

    /// <summary>A transient problem says that it could not be asked; every other that what is there must not count.</summary>
    public async Task<Result<DelegatedPolicies>> ReadAsync(
        TrustDelegation delegation,
        CancellationToken cancellationToken
    )
    {
        if (forges.FindByName(delegation.Forge) is not { } connection)
            return Problem.NotFound($"no forge is called '{delegation.Forge}'");
        var found = await connection.Forge.FindRepositoryAsync(delegation.Owner, delegation.Name, cancellationToken);
        if (found.Failed(out var absent))
            return absent;
        if (found.Value.Id != delegation.Id || found.Value.FullName != delegation.FullName)
            return Problem.Denied(
                $"'{delegation.FullName}' is '{found.Value.FullName}' with the number {found.Value.Id} at the forge now, and policy_repository.id is {delegation.Id}: find out who replaced it before you change the settings"
            );
        if (await UnprotectedAsync(connection, found.Value, delegation, cancellationToken) is { } unprotected)
            return unprotected;
        var key = new RepositoryKey(connection.Uid, delegation.Id);
        var mirror = await mirrors.OpenAsync(key, cancellationToken);
        if (mirror.Failed(out var unopened))
            return unopened;
        var access = connection.Forge.AccessTo(found.Value);
        var tips = await mirror.Value.FetchAsync(access, [delegation.Branch], cancellationToken);
        if (tips.Failed(out var unfetched))
            return unfetched;
        if (!tips.Value.TryGetValue(delegation.Branch, out var tip))
            return Problem.NotFound($"'{delegation.FullName}' has no branch '{delegation.Branch.ShortName}'");
        var bytes = await mirror.Value.ReadFileAsync(
            tip,
            TrustDelegation.File,
            TrustDelegation.MaxBytes,
            cancellationToken
        );
        return bytes.Failed(out var unread) ? unread : Read(key, tip, bytes.Value, delegation);
    }

    private static Result<DelegatedPolicies> Read(
        RepositoryKey key,
        CommitId tip,
        ReadOnlyMemory<byte>? bytes,
        TrustDelegation delegation
    )
    {
        if (bytes is not { } yaml)
            return Problem.NotFound($"'{delegation.FullName}' has no {TrustDelegation.File} at {tip.Short}");
        var (policies, problems) = DelegatedPoliciesReader.Read(yaml, TrustDelegation.File, delegation);
        return policies is null
            ? Problem.Invalid(string.Join('\n', problems.Take(MostFaults)))
            : new DelegatedPolicies(key, tip, policies);
    }

    /// <summary>Null when only a merge that somebody looked at changes the branch, or the settings do without.</summary>
    private static async Task<Problem?> UnprotectedAsync(
        ConnectedForge connection,
        ForgeRepository repository,
        TrustDelegation delegation,
        CancellationToken cancellationToken
    )
    {
        const string Remedy =
            "protect it at the forge so that nobody pushes to it, or write policy_repository.without_protection: allow";
        if (delegation.TrustsUnprotected)
            return null;
        var branch = delegation.Branch.ShortName;
        if (connection.Forge is not IBranchProtection protections)
            return Problem.Denied($"the forge does not say whether '{branch}' is protected; {Remedy}");
        var found = await protections.FindProtectionAsync(repository, delegation.Branch, cancellationToken);
        if (found.Failed(out var unread))
            return unread.IsTransient
                ? unread
                : Problem.Denied($"whether '{branch}' is protected cannot be read: {unread.Message}; {Remedy}");
        return found.Value is { TakesPushes: false }
            ? null
            : Problem.Denied(
                $"'{branch}' of '{delegation.FullName}' takes pushes from everybody who may write; {Remedy}"
            );
    }
}
