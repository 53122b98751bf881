using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Bascule.Simulators.Forges;

namespace Bascule.Bench.Crash;

/// <param name="IsLast">The last of its burst: it must run. Those before it may have been looked at together with it.</param>
internal sealed record Pushed(ForgeRepository Repository, int Place, string Commit, DateTimeOffset At, bool IsLast);

/// <summary>Pushes to one repository in bursts of one to three commits, and waits for the last of each to be run before it goes on.</summary>
internal sealed class Pusher(CrashWorld world, Submissions submissions, ForgeRepository repository, SemaphoreSlim gate)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly ConcurrentQueue<Pushed> _overtaken = [];
    private int _place;

    public ConcurrentQueue<Pushed> Pushes { get; } = [];

    /// <summary>Those that had not run when patience ended. The next burst supersedes them, as newer commits of a branch do.</summary>
    public IReadOnlyCollection<Pushed> Overtaken => _overtaken;

    public async Task RunAsync(Func<int, bool> goesOn, CancellationToken cancellationToken)
    {
        while (goesOn(_place))
        {
            var burst = RandomNumberGenerator.GetInt32(1, 4);
            for (var left = burst; left > 0; left--)
                await PushAsync(left == 1, cancellationToken);
            if (!await submissions.WaitForAsync(Pushes.Last().Commit, Patience, cancellationToken))
                _overtaken.Enqueue(Pushes.Last());
        }
    }

    private async Task PushAsync(bool isLast, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            _place++;
            var text = string.Create(CultureInfo.InvariantCulture, $"place = {_place}\n");
            var files = new Dictionary<string, string?> { ["main.py"] = text };
            var commit = await world.Forge.CommitAsync(
                repository,
                CrashWorld.Developer,
                "main",
                $"Push {_place}",
                files,
                cancellationToken
            );
            Pushes.Enqueue(new Pushed(repository, _place, commit, DateTimeOffset.UtcNow, isLast));
        }
        finally
        {
            gate.Release();
        }
    }
}
