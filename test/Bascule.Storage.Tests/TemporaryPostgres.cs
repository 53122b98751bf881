using Bascule.Testing.Storage;

namespace Bascule.Storage.Tests;

/// <summary>A database of its own on the server that all tests of this process share.</summary>
internal sealed class TemporaryPostgres : IStorageUnderTest
{
    private string? _address;

    public async Task<IStorage> OpenAsync() => await OpenPostgresAsync();

    public bool TakesReplicas => true;

    public async Task<PostgresStorage> OpenPostgresAsync(TimeSpan? leaseTime = null) =>
        await PostgresStorage.OpenAsync(await AddressAsync(), TimeProvider.System, CancellationToken.None, leaseTime);

    public async Task<string> AddressAsync()
    {
        var server = await PostgresServer.SharedAsync();
        return _address ??= server.AddressOf(await server.CreateDatabaseAsync());
    }

    /// <summary>The whole server goes when the tests are done.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
