using System.Diagnostics;
using System.Text;

namespace Bascule.Server.Tests.Mirrors;

/// <summary>git as the outside world uses it, without the product's hardening.</summary>
internal static class TestGit
{
    public static async Task<string> RunAsync(string folder, byte[]? input, params string[] arguments)
    {
        using var process = Start(folder, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.BaseStream.WriteAsync(input ?? []);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"git {string.Join(' ', arguments)}: {await error}");
        return (await output).TrimEnd('\n');
    }

    public static Task<string> RunAsync(string folder, params string[] arguments) => RunAsync(folder, null, arguments);

    public static Process Start(string folder, string[] arguments, string? protocol = null)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.Latin1,
        };
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_PROTOCOL"] = protocol;
        return Process.Start(start)!;
    }
}
