using System.Collections.Concurrent;
using Bascule.Core;
using Bascule.Core.Deliveries;
using Bascule.Core.Work;

namespace Bascule.Server.Intake;

/// <summary>
/// Remembers that deliveries to a webhook's address fail the signature: the only sign of a secret that was changed at the forge. Whoever knows the
/// address can make such noise, so it is noted at most once a minute, and all that follows is a hint to run <c>bascule connect</c>.
/// </summary>
internal sealed class SecretDrift(IWorkStore store, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _noted = new(StringComparer.Ordinal);

    /// <param name="uid">Of a webhook that exists, so that what is remembered here stays small.</param>
    public async Task NoteAsync(string uid, Problem problem, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var isDue = !_noted.TryGetValue(uid, out var last) || (now - last).Duration() >= Interval;
        if (problem.Code != ProblemCode.Unauthenticated || !isDue)
            return;
        _noted[uid] = now;
        _ = await store.ApplyAsync([new NoteRefusal(uid, now)], cancellationToken);
    }
}
