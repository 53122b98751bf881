using System.Collections.Concurrent;
using System.Security.Cryptography;
using Bascule.Simulators.Databricks;

namespace Bascule.Bench.Crash;

/// <summary>
/// Kills replicas at random moments, and at moments between two steps of a run: while the platform or the forge is being asked, before it has acted or
/// after it has and before its answer arrives. Loses answers of the platform as well.
/// </summary>
internal sealed class Killer(CrashWorld world, CrashOptions options)
{
    private readonly ConcurrentQueue<DateTimeOffset> _kills = [];
    private readonly ConcurrentBag<Task> _restarts = [];
    private int _answers;
    private volatile bool _armed;

    public IReadOnlyList<DateTimeOffset> Kills => [.. _kills];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        world.Databricks.OnRequest = (_, _, phase) =>
        {
            Strike();
            if (phase == RequestPhase.After && Interlocked.Increment(ref _answers) % options.LostAnswers == 0)
                throw new IOException("the answer is lost");
            return Task.CompletedTask;
        };
        world.Forge.Faults.OnRequest = (_, _, _) => Strike();
        try
        {
            while (_kills.Count < options.Kills)
            {
                await Task.Delay(RandomNumberGenerator.GetInt32(300, 3000), cancellationToken);
                if (RandomNumberGenerator.GetInt32(2) == 0)
                    _armed = true; // the next request that passes is where it happens
                else
                    Kill();
            }
        }
        catch (OperationCanceledException) { }
        world.Databricks.OnRequest = null;
        world.Forge.Faults.OnRequest = null;
        await Task.WhenAll(_restarts);
    }

    private void Strike()
    {
        if (!_armed)
            return;
        _armed = false;
        Kill();
    }

    private void Kill()
    {
        var replica = world.Replicas[RandomNumberGenerator.GetInt32(world.Replicas.Count)];
        _restarts.Add(Task.Run(() => replica.KillAndStartAsync(() => _kills.Enqueue(DateTimeOffset.UtcNow))));
    }
}
