using Bascule.Core;

namespace Bascule.Connectors.ResourceManager;

/// <summary>How long is waited for what passes by itself. What lasts longer is given back, and the whole is tried again later.</summary>
internal sealed class ArmPatience(TimeProvider time)
{
    private const int MostAttempts = 6;

    /// <summary>Of one operation that goes on after its answer.</summary>
    public static readonly TimeSpan LongestOperation = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits and says true when the same may be tried at once; false when it takes too long to be waited for here.</summary>
    public async Task<bool> TryAgainAsync(Problem refusal, int attempt, CancellationToken cancellationToken)
    {
        var wait = refusal.RetryAfter ?? (FirstWait * Math.Pow(2, attempt - 1));
        if (attempt >= MostAttempts || wait > LongestWait)
            return false;
        await Task.Delay(wait, time, cancellationToken);
        return true;
    }

    /// <param name="asked">How long the other side asked us to wait, where it did.</param>
    public Task BetweenLooksAsync(TimeSpan? asked, CancellationToken cancellationToken)
    {
        var wait = asked ?? FirstWait;
        return Task.Delay(wait > LongestWait ? LongestWait : wait, time, cancellationToken);
    }
}
