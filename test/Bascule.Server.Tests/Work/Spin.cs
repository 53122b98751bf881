using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Bascule.Server.Tests.Work;

/// <summary>Debian's model checker: makes a C program of a model, which then looks at every state.</summary>
internal sealed partial class Spin : IDisposable
{
    /// <summary>More steps than any of our runs has; one that is longer fails the search.</summary>
    private const string Depth = "-m200000";

    /// <summary>MiB. A search that needs more fails, instead of taking the machine's.</summary>
    private const string MemoryLimit = "-DMEMLIM=1400";
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-model-").FullName;

    /// <summary>Why there is none; null where there is one.</summary>
    public static string? Lack { get; } =
        Finds("spin") && Finds("gcc")
            ? null
            : "spin and gcc are not both there; run: apt-get install -y spin gcc libc6-dev";

    /// <summary>Can a step be taken that breaks an assertion?</summary>
    public Search FindBrokenAssertion(string model, string defines) => Run(model, defines, ["-DSAFETY"], ["-E", Depth]);

    /// <summary>Can all go on for ever, each process getting its turn, without what the model's formula promises?</summary>
    public Search FindBrokenPromise(string model, string defines) =>
        Run(model, $"{defines} -DLIVENESS", ["-DNFAIR=4"], ["-a", "-f", Depth]);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Search Run(string model, string defines, string[] compile, string[] search)
    {
        var given = defines.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Start("spin", [.. given, "-a", model]);
        Start("gcc", ["-O1", "-w", MemoryLimit, .. compile, "-o", "pan", "pan.c"]);
        return Search.Read(Start(Path.Combine(_folder, "pan"), search));
    }

    private string Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{Path.GetFileName(program)} failed: {output}");
    }

    private static bool Finds(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <param name="Errors">How many it found; it stops at the first.</param>
    /// <param name="Finding">What was broken; empty when nothing was.</param>
    /// <param name="IsExhaustive">Nothing was left out: not for depth, not for memory, not by hashing states together.</param>
    internal sealed partial record Search(int Errors, string Finding, bool IsExhaustive, string Output)
    {
        private static readonly string[] Shortcomings =
        [
            "max search depth too small",
            "Search not completed",
            "MEMLIM",
            "out of memory",
            "hash-compact",
            "Bit statespace",
        ];

        public static Search Read(string output)
        {
            var errors = ErrorCount().Match(output);
            if (!errors.Success)
                throw new InvalidOperationException($"the search has no result: {output}");
            var isExhaustive = output.Contains("Full statespace search for", StringComparison.Ordinal);
            return new Search(
                int.Parse(errors.Groups["count"].Value, CultureInfo.InvariantCulture),
                Found().Match(output).Groups["what"].Value,
                isExhaustive && !Shortcomings.Any(text => output.Contains(text, StringComparison.OrdinalIgnoreCase)),
                output
            );
        }

        [GeneratedRegex(@"^State-vector .*, errors: (?<count>\d+)\r?$", RegexOptions.Multiline)]
        private static partial Regex ErrorCount();

        [GeneratedRegex(@"^pan:1: (?<what>.*) \(at depth \d+\)\r?$", RegexOptions.Multiline)]
        private static partial Regex Found();
    }
}

/// <summary>Runs where spin is; elsewhere the reason is printed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SpinTheoryAttribute : TheoryAttribute
{
    public SpinTheoryAttribute() => Skip = Spin.Lack;
}
