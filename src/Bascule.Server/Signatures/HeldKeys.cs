using System.Collections.Concurrent;
using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Server.Connections;

namespace Bascule.Server.Signatures;

/// <summary>Which keys accounts hold, as the forge says; remembered for a minute.</summary>
internal sealed class HeldKeys(TimeProvider time)
{
    private const int Most = 10_000;
    private static readonly TimeSpan Keeps = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<(string, long), (IReadOnlySet<string> Keys, DateTimeOffset At)> _known =
        new();

    /// <summary>False when the account is gone, or its name is another's now. Unavailable when the forge cannot be asked.</summary>
    public async Task<Result<bool>> HasAsync(
        ConnectedForge forge,
        ForgeLink link,
        string fingerprint,
        CancellationToken cancellationToken
    )
    {
        var account = (link.ForgeUid, link.AccountId);
        if (_known.TryGetValue(account, out var known) && (time.GetUtcNow() - known.At).Duration() < Keeps)
            return known.Keys.Contains(fingerprint);
        var listed = await ListAsync(forge, link, cancellationToken);
        if (listed.Failed(out var problem))
            return problem.Code is ProblemCode.NotFound or ProblemCode.Denied ? false : problem;
        if (_known.Count >= Most)
            _known.Clear();
        var keys = listed.Value.Select(key => key.Fingerprint).ToHashSet(StringComparer.Ordinal);
        _known[account] = (keys, time.GetUtcNow());
        return keys.Contains(fingerprint);
    }

    /// <summary>Asks the forge now.</summary>
    public static async Task<Result<IReadOnlyList<AccountKey>>> ListAsync(
        ConnectedForge forge,
        ForgeLink link,
        CancellationToken cancellationToken
    ) =>
        forge.Forge is IAccountKeys shows
            ? await shows.ListKeysAsync(new ForgeAccount(link.AccountId, link.Login), cancellationToken)
            : Problem.NotFound($"forge '{forge.Name}' does not show the keys of its accounts");
}
