using System.Diagnostics;

namespace Bascule.Testing.Audit;

/// <summary>The commands that a pack hands to an auditor, typed word for word.</summary>
public static class VerifyBlocks
{
    private const string Begin = "```sh\n";

    /// <summary>What a step's block writes; the step by a word that stands in it.</summary>
    /// <param name="replace">What stands for one of several in the page, and which one.</param>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string pack,
        string word,
        params (string Name, string Value)[] replace
    )
    {
        var page = await File.ReadAllTextAsync(Path.Combine(pack, "VERIFY.md"));
        var block = page.Split(Begin)[1..]
            .Select(text => text.Split("```")[0])
            .Single(text => text.Contains(word, StringComparison.Ordinal));
        foreach (var (name, value) in replace)
            block = block.Replace(name, value, StringComparison.Ordinal);
        var start = new ProcessStartInfo("bash", ["-c", $"{{ {block} }} 2>&1"])
        {
            WorkingDirectory = pack,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var shell = Process.Start(start)!;
        var output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        return (shell.ExitCode, output);
    }
}
