using System.Diagnostics;
using System.Globalization;
using Bascule.Core;

namespace Bascule.Cli.Features.Git;

/// <summary>The git of whoever runs this, for reading and changing their own settings.</summary>
internal static class GitProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly Version Oldest = new(2, 39);

    /// <summary>NotFound without git, Invalid for one that is too old to be asked for a path by path.</summary>
    public static async Task<Result<Done>> CheckAsync(CancellationToken cancellationToken)
    {
        var asked = await RunAsync(["version"], cancellationToken);
        if (asked.Failed(out var missing))
            return missing;
        var words = asked.Value.Output.Split(' ', '\n');
        var digits = string.Join('.', (words.ElementAtOrDefault(2) ?? "").Split('.').Take(2));
        return Version.TryParse(digits, out var version) && version >= Oldest
            ? Result.Done
            : Problem.Invalid(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"this is {asked.Value.Output.Trim()}; Bascule's credential helper needs git {Oldest} or newer"
                )
            );
    }

    public static async Task<Result<GitOutcome>> RunAsync(
        IReadOnlyList<string> arguments,
        CancellationToken cancellationToken
    )
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var git = Process.Start(start)!;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Patience);
            git.StandardInput.Close();
            var output = git.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = await git.StandardError.ReadToEndAsync(limit.Token);
            await git.WaitForExitAsync(limit.Token);
            return new GitOutcome(git.ExitCode, await output, errors.Trim());
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return Problem.NotFound("there is no git here; install it first");
        }
    }
}

internal sealed record GitOutcome(int Code, string Output, string Errors);
