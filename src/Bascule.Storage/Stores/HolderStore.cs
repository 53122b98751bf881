using Bascule.Core.Runs;
using Bascule.Storage.Changes;

namespace Bascule.Storage.Stores;

internal sealed class HolderStore(IReaders readers) : IHolderStore
{
    public async Task<IReadOnlyList<LinePlace>> ReadLineAsync(
        string environment,
        string target,
        CancellationToken cancellationToken
    )
    {
        var rows = await readers.ListAsync<HolderChanges.LineRow>(
            HolderChanges.Line,
            new { Environment = environment, Target = target },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToPlace())];
    }

    public async Task<TimeSpan> ReadRunningTimeAsync(
        string environment,
        DateTimeOffset from,
        DateTimeOffset until,
        CancellationToken cancellationToken
    )
    {
        var milliseconds = await readers.FindAsync<long>(
            HolderChanges.RunningTime,
            HolderChanges.Span(environment, from, until),
            cancellationToken
        );
        return TimeSpan.FromMilliseconds(milliseconds);
    }
}
