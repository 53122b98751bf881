using Bascule.Core.Work;
using Npgsql;

namespace Bascule.Storage.Postgres;

/// <summary>Hears from other replicas that there is work. What is lost while the connection is gone is found by whoever polls.</summary>
internal sealed class PostgresSignal : IAsyncDisposable
{
    public const string Channel = "bascule_work";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _listening;

    public PostgresSignal(NpgsqlDataSource source, WorkSignal signal) =>
        _listening = Task.Run(() => ListenUntilStoppedAsync(source, signal, _stopping.Token));

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync();
        await _listening;
        _stopping.Dispose();
    }

    private static async Task ListenUntilStoppedAsync(
        NpgsqlDataSource source,
        WorkSignal signal,
        CancellationToken cancellationToken
    )
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(source, signal, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested) { }
            catch (Exception failure) when (PostgresFailure.IsMachinery(failure))
            {
                await Task.Delay(Pause, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static async Task ListenAsync(
        NpgsqlDataSource source,
        WorkSignal signal,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        connection.Notification += (_, _) => signal.Wake();
        await using (var listen = new NpgsqlCommand($"LISTEN {Channel}", connection))
            await listen.ExecuteNonQueryAsync(cancellationToken);
        signal.Wake();
        while (true)
            await connection.WaitAsync(cancellationToken);
    }
}
