using Bascule.Core.Work;
using Microsoft.Extensions.Hosting;

namespace Bascule.Server.Health;

/// <summary>
/// Lets work that has begun end before anything is stopped. From the moment of stopping no further row begins here: it waits until the dispatcher gives it
/// back. Meanwhile the listeners stay open, so that a delivery that is on its way is stored.
/// </summary>
internal sealed class Drain(IHostApplicationLifetime lifetime, IWorkStore store, TimeProvider time)
    : IHostedLifecycleService
{
    /// <summary>What takes longer is cancelled; its row stays, and whoever starts next takes it again.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private TaskCompletionSource? _empty;
    private int _running;

    /// <summary>False once stopping has begun; otherwise <see cref="Leave"/> must follow.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_empty is not null || lifetime.ApplicationStopping.IsCancellationRequested)
                return false;
            _running++;
            return true;
        }
    }

    public void Leave()
    {
        lock (_gate)
            if (--_running == 0)
                _empty?.TrySetResult();
    }

    /// <summary>Comes before anything is stopped, the listeners and the dispatcher too.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await EndAsync().WaitAsync(Longest, time, cancellationToken);
            // Behind the results of what has ended: a row whose result is not stored is done again.
            _ = await store.ApplyAsync([], cancellationToken);
        }
        catch (Exception)
        {
            // Too late, or a broken database: stopping goes on, and the rows are done again.
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private Task EndAsync()
    {
        lock (_gate)
        {
            _empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_running == 0)
                _empty.TrySetResult();
            return _empty.Task;
        }
    }
}
