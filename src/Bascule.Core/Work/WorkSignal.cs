namespace Bascule.Core.Work;

/// <summary>
/// Wakes whoever drains the inbox. Take <see cref="Next"/> before reading what is due and wait for it afterwards: then no row is overlooked.
/// Safe to use from many tasks at once; a task that nobody waits for any more costs nothing.
/// </summary>
public sealed class WorkSignal
{
    private TaskCompletionSource _next = NewSource();

    /// <summary>Ends when the signal is given the next time.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Wake() => Interlocked.Exchange(ref _next, NewSource()).TrySetResult();

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
