using System.Globalization;
using System.Text;

namespace Bascule.Storage.Crash;

/// <summary>Eight tasks append deliveries and audit entries until the process is killed; one line per acknowledgement.</summary>
internal static class Appending
{
    public static async Task<int> RunAsync(string path)
    {
        await using var storage = await SqliteStorage.OpenAsync(path, TimeProvider.System, CancellationToken.None);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Task.Run(() => AppendAsync(storage, number))));
        return 0;
    }

    private static async Task AppendAsync(SqliteStorage storage, int task)
    {
        for (var number = 0; ; number++)
        {
            var (delivery, work) = Deliveries.Make($"w-{task}", number, TimeProvider.System.GetUtcNow());
            await storage.Deliveries.AppendAsync(delivery, work, CancellationToken.None);
            Say($"delivery {delivery.Uid}");
            var text = $"entry {task} {number}";
            var appended = await storage.Audit.AppendAsync(Encoding.UTF8.GetBytes(text), CancellationToken.None);
            Say(string.Create(CultureInfo.InvariantCulture, $"audit {appended.Value} {text}"));
        }
    }

    /// <summary>Console.Out writes a line whole and at once.</summary>
    private static void Say(string line) => Console.Out.WriteLine(line);
}
