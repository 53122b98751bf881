using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Runs;

/// <summary>Holds requests to one path back, before they take effect, until it is opened.</summary>
internal sealed class Gate : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IDisposable _watching;

    public Gate(BasculeStage stage, string path) =>
        _watching = stage.Watch(async passing =>
        {
            if (passing.Moment != Moment.Before || !passing.Path.EndsWith(path, StringComparison.Ordinal))
                return;
            _reached.TrySetResult();
            await _opened.Task;
        });

    /// <summary>Ends when the first request waits.</summary>
    public Task Reached => _reached.Task.WaitAsync(Patience);

    public void Open() => _opened.TrySetResult();

    public void Dispose()
    {
        Open();
        _watching.Dispose();
    }
}
