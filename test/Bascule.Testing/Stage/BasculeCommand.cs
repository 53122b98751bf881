using System.Diagnostics;

namespace Bascule.Testing.Stage;

/// <summary>The executable as it was built beside the running test.</summary>
public sealed record BasculeCommand(int ExitCode, string Output, string Errors)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private static string Assembly => Path.Combine(AppContext.BaseDirectory, "bascule.dll");

    /// <summary>Runs a command to its end.</summary>
    public static async Task<BasculeCommand> RunAsync(string folder, params string[] arguments)
    {
        var start = Start(arguments);
        start.WorkingDirectory = folder;
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new BasculeCommand(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException tooLong)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"bascule {string.Join(' ', arguments)} did not end within {Patience}", tooLong);
        }
    }

    internal static ProcessStartInfo Start(IEnumerable<string> arguments) =>
        new("dotnet", [Assembly, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
}
