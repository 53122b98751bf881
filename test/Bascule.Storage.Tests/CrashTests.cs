using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Bascule.Storage.Tests;

/// <summary>kill -9 while eight tasks append; whatever was acknowledged must be there (THREATS T12).</summary>
public sealed class CrashTests : IAsyncDisposable
{
    private readonly TemporarySqlite _file = new();

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    [Trait("Threat", "T12")]
    public async Task EverythingAcknowledgedBeforeAKillIsThereAfterIt(int acknowledgements)
    {
        var acknowledged = await KillAfterAsync(acknowledgements);
        await using var storage = await _file.OpenSqliteAsync();
        acknowledged.Count.ShouldBeGreaterThanOrEqualTo(acknowledgements);
        foreach (var line in acknowledged)
        {
            (await IsStoredAsync(storage, line.Split(' ', 3))).ShouldBeTrue(line);
        }
        var entries = await storage.Audit.ReadAsync(0, int.MaxValue, CancellationToken.None);
        entries.Select(entry => entry.Index).ShouldBe(Enumerable.Range(0, entries.Count).Select(i => (long)i));
    }

    private static async Task<bool> IsStoredAsync(SqliteStorage storage, string[] words)
    {
        if (words[0] == "delivery")
        {
            return await storage.Deliveries.FindAsync(words[1], CancellationToken.None) is not null;
        }
        var index = long.Parse(words[1], CultureInfo.InvariantCulture);
        var entry = (await storage.Audit.ReadAsync(index, 1, CancellationToken.None)).Single();
        return Encoding.UTF8.GetString(entry.Entry.Span) == words[2];
    }

    /// <summary>The lines that the child had written when it died; a last line without its end does not count.</summary>
    private async Task<IReadOnlyList<string>> KillAfterAsync(int acknowledgements)
    {
        using var child = Start();
        var text = new StringBuilder();
        var buffer = new char[8192];
        int read;
        while ((read = await child.StandardOutput.ReadAsync(buffer)) > 0)
        {
            text.Append(buffer, 0, read);
            if (!child.HasExited && CountLines(text) >= acknowledgements)
            {
                child.Kill(); // SIGKILL
            }
        }
        await child.WaitForExitAsync();
        child.ExitCode.ShouldBe(128 + 9);
        return text.ToString().Split('\n')[..^1];
    }

    private Process Start()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Bascule.Storage.Crash.dll"));
        start.ArgumentList.Add("append");
        start.ArgumentList.Add(_file.Path);
        return Process.Start(start)!;
    }

    private static int CountLines(StringBuilder text) => text.ToString().Count(c => c == '\n');
}
