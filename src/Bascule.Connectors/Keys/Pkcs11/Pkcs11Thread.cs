using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Bascule.Core;

namespace Bascule.Connectors.Keys.Pkcs11;

/// <summary>
/// The one thread that enters the module. A module that hangs keeps this thread and no other: whoever asks meanwhile is told so at once.
/// </summary>
[SuppressMessage("Reliability", "CA2213", Justification = "The thread disposes of its queue when it leaves it")]
internal sealed class Pkcs11Thread : IDisposable
{
    private readonly BlockingCollection<Action> _jobs = [];
    private readonly TimeSpan _patience;
    private readonly TimeProvider _time;
    private volatile bool _isStuck;

    public Pkcs11Thread(TimeSpan patience, TimeProvider time)
    {
        (_patience, _time) = (patience, time);
        var thread = new Thread(Run) { IsBackground = true, Name = "pkcs11" };
        thread.Start();
    }

    /// <summary>Unavailable when the module has not answered in time; what it then still does is left to it.</summary>
    public async Task<Result<T>> RunAsync<T>(Func<Result<T>> job, CancellationToken cancellationToken)
    {
        if (_isStuck)
            return Stuck();
        var done = new TaskCompletionSource<Result<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _jobs.Add(() => done.TrySetResult(Guarded(job)), cancellationToken);
        try
        {
            return await done.Task.WaitAsync(_patience, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            _isStuck = !done.Task.IsCompleted;
            return Stuck();
        }
    }

    public void Dispose() => _jobs.CompleteAdding();

    private static Result<T> Guarded<T>(Func<Result<T>> job)
    {
        try
        {
            return job();
        }
        catch (Pkcs11Exception refused)
        {
            return refused.Problem;
        }
        catch (Exception broken) when (broken is not OutOfMemoryException)
        {
            return Problem.Unavailable(
                $"{Pkcs11Options.Subject}: {broken.GetType().Name} in the module; look at Bascule's log, or use another module"
            );
        }
    }

    private void Run()
    {
        foreach (var job in _jobs.GetConsumingEnumerable())
        {
            job();
            _isStuck = false;
        }
        _jobs.Dispose();
    }

    private Problem Stuck() =>
        Problem.Unavailable(
            $"{Pkcs11Options.Subject}: the module has not answered for {_patience.TotalSeconds:0} s; look at the token and its driver, and restart Bascule when it is back"
        );
}
