using System.Globalization;

namespace Bascule.Bench.Crash;

/// <param name="Kills">At least so many; the pushes go on until they are reached.</param>
/// <param name="DropShare">Of webhooks, 0 to 1.</param>
/// <param name="LostAnswers">Every so many-th answer of the platform is lost after it has acted.</param>
internal sealed record CrashOptions(int Pushes, int Repositories, int Kills, double DropShare, int LostAnswers)
{
    public static CrashOptions Short { get; } = new(1000, 20, 40, 0.3, 20);
    public static CrashOptions Long { get; } = new(30_000, 20, 1000, 0.3, 20);

    /// <summary>--long, and --pushes, --kills and --drop with a number each, for a quick look.</summary>
    public static CrashOptions Parse(IReadOnlyList<string> words)
    {
        var options = words.Contains("--long") ? Long : Short;
        return options with
        {
            Pushes = (int)Number(words, "--pushes", options.Pushes),
            Kills = (int)Number(words, "--kills", options.Kills),
            DropShare = Number(words, "--drop", options.DropShare),
        };
    }

    private static double Number(IReadOnlyList<string> words, string name, double fallback)
    {
        var place = words.ToList().IndexOf(name);
        return place < 0 ? fallback : double.Parse(words[place + 1], CultureInfo.InvariantCulture);
    }
}
