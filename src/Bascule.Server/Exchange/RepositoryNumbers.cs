using System.Collections.Concurrent;
using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Server.Connections;

namespace Bascule.Server.Exchange;

/// <summary>Which repository a name means, as its forge says, half a minute old at most. What a token opens is the number (THREATS T40, T90).</summary>
internal sealed class RepositoryNumbers(ForgeConnections forges, TimeProvider time)
{
    private const int MostRemembered = 10_000;
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<(string Forge, string Name), (NumberedRepository Found, long At)> _known =
        new();

    /// <summary>NotFound for what is not there, or not below the forge's <c>repositories</c>; Unavailable while the forge does not answer.</summary>
    public async Task<Result<NumberedRepository>> FindAsync(
        RepositoryAddress asked,
        CancellationToken cancellationToken
    )
    {
        if (forges.FindByName(asked.Forge) is not { } forge)
            return Problem.NotFound($"no forge is called '{asked.Forge}'");
        var now = time.GetTimestamp();
        var key = (forge.Uid, asked.FullName);
        if (_known.TryGetValue(key, out var known) && time.GetElapsedTime(known.At, now) < Freshness)
            return known.Found;
        var found = await forge.Forge.FindRepositoryAsync(asked.Owner, asked.Name, cancellationToken);
        if (found.Failed(out var problem))
            return problem;
        if (!forge.Takes(found.Value.FullName))
            return Problem.NotFound($"forges.{forge.Name}.repositories does not hold '{found.Value.FullName}'");
        if (_known.Count >= MostRemembered)
            _known.Clear();
        var numbered = new NumberedRepository(
            new RepositoryKey(forge.Uid, found.Value.Id),
            forge.Name,
            found.Value.FullName
        );
        _known[key] = (numbered, now);
        return numbered;
    }
}

/// <param name="Name">owner/name, as the forge writes it now.</param>
internal sealed record NumberedRepository(RepositoryKey Key, string Forge, string Name);
