using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Log;
using Bascule.Server.Api;
using Bascule.Server.Audit;
using Bascule.Server.Tests.Configuration;
using Bascule.Server.Tests.World;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.Console.Explorer;

/// <summary>The whole server over a real database, with entries in its log; whoever asks shows the local token.</summary>
public sealed class ExplorerStage : IAsyncLifetime
{
    public const string Run = "4rk2m9x0aq";

    private readonly SettingsFolder _folder = new();
    private Host _host = null!;

    public Uri Local => _host.LocalUrl;

    public HttpClient Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    public string Token { get; private set; } = "";

    public async Task InitializeAsync()
    {
        _host = await RunningHost.StartAsync(_folder);
        Token = Get<LocalToken>().Secret.Reveal();
        Http.BaseAddress = Local;
        Http.DefaultRequestHeaders.Authorization = new("Bearer", Token);
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    internal T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>Appends it, and says at which index.</summary>
    internal async Task<long> WriteAsync(AuditEntry entry)
    {
        (await Get<AuditTrail>().WriteAsync(entry, default)).Problem.ShouldBeNull();
        var last = await Get<IAuditLog>().ReadLastAsync(50, default);
        return last.First(record => (string?)JsonNode.Parse(record.Entry.Span)!["type"] == entry.Type).Index;
    }

    internal static AuditEntry AnEntry(string run = Run) =>
        new("run.asked", "operator")
        {
            Links = new Dictionary<string, string> { ["run"] = run, ["repository"] = "forge1/7" },
            Facts = new JsonObject { ["asked"] = "cancel", ["ordinal"] = 0 },
        };

    /// <summary>Until a checkpoint covers that entry.</summary>
    internal async Task<SignedNote> CoveredAsync(long index)
    {
        var deadline = DateTime.UtcNow.AddSeconds(60);
        while (true)
        {
            using var answer = await Http.GetAsync(new Uri("/audit/checkpoint", UriKind.Relative));
            var note = answer.IsSuccessStatusCode
                ? SignedNote.Parse(await answer.Content.ReadAsByteArrayAsync())
                : null;
            if (note is not null && Checkpoint.Parse(note)!.Size > index)
                return note;
            DateTime.UtcNow.ShouldBeLessThan(deadline, $"no checkpoint covers entry {index}");
            await Task.Delay(50);
        }
    }

    /// <summary>What somebody with the database in their hands can do.</summary>
    [SuppressMessage("Security", "CA2100", Justification = "Tests say what they mean.")]
    internal async Task TamperAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={_folder.Path("store/runs.db")}");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        (await command.ExecuteNonQueryAsync()).ShouldBeGreaterThan(0);
    }
}
