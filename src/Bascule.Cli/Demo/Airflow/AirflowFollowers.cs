namespace Bascule.Cli.Demo.Airflow;

/// <summary>Both that follow the deploy ref: Airflow itself, and a host that reads a folder.</summary>
internal sealed record AirflowFollowers(BundleRefresh Processor, DagsReader Reader)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Waits until both have a version.</summary>
    /// <returns>The commit, as they say it.</returns>
    /// <exception cref="TimeoutException">One of them did not get it in time.</exception>
    public async Task<string> SeeAsync(string commit, CancellationToken cancellationToken)
    {
        var deadline = DateTimeOffset.UtcNow + Patience;
        while (Processor.Commit != commit || Reader.Commit != commit)
        {
            if (DateTimeOffset.UtcNow > deadline)
                throw new TimeoutException(
                    $"commit {commit} was not read within {Patience.TotalMinutes} minutes: Airflow has {Processor.Commit ?? "nothing"}, the folder {Reader.Commit ?? "nothing"}"
                );
            await Task.Delay(Look, cancellationToken);
        }
        return Reader.Commit;
    }
}
