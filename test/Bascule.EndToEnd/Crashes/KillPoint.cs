using System.Text.RegularExpressions;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Crashes;

/// <summary>Where Bascule dies.</summary>
/// <param name="Path">A regular expression on the request's path.</param>
internal sealed record KillPoint(Side Side, string Method, string Path, Moment Moment)
{
    /// <summary>So many fitting requests go well first.</summary>
    public int Skip { get; init; }

    /// <summary>Counts only after Databricks was asked for this path.</summary>
    public string? After { get; init; }

    public bool Fits(Passing passing) =>
        passing.Side == Side
        && passing.Method == Method
        && passing.Moment == Moment
        && Regex.IsMatch(passing.Path, Path);

    public bool IsLedInBy(Passing passing) =>
        After is null || (passing.Side == Side.Databricks && Regex.IsMatch(passing.Path, After));
}

/// <summary>Kills Bascule at one point, once. By then everything that the forge had to send has been answered.</summary>
internal sealed class Assassin(BasculeStage stage, KillPoint point)
{
    private readonly TaskCompletionSource _struck = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isLedIn = point.After is null;
    private int _seen;
    private int _strikes;

    public Task Struck => _struck.Task;

    public async Task WatchAsync(Passing passing)
    {
        if (_struck.Task.IsCompleted)
            return;
        _isLedIn = _isLedIn || point.IsLedInBy(passing);
        if (!_isLedIn || !point.Fits(passing) || Interlocked.Increment(ref _seen) <= point.Skip)
            return;
        if (Interlocked.Increment(ref _strikes) > 1)
            throw new BrokenConnectionException();
        await stage.Forge.WaitForHooksAsync();
        await stage.KillAsync();
        _struck.TrySetResult();
        throw new BrokenConnectionException();
    }
}
