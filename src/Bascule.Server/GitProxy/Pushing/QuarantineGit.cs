using System.Globalization;
using System.Text;
using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>What is asked of git about one push in its quarantine.</summary>
/// <param name="mirror">The objects folder of the repository's mirror.</param>
internal sealed class QuarantineGit(GitCommand git, Quarantine quarantine, string mirror, PushLimits limits)
{
    private const int LargestAnswer = 64 << 20;

    /// <summary>Checks every object of the pack and makes it readable (THREATS T70, T71). Nothing of it is anybody's yet.</summary>
    /// <param name="isThin">It may build on what the mirror has: only for whoever may see all of the mirror.</param>
    public async Task<Problem?> IndexAsync(bool isThin, CancellationToken cancellationToken)
    {
        string[] how = isThin ? ["--fix-thin", "--strict"] : ["--fsck-objects"];
        var max = limits.MaxPackBytes.ToString(CultureInfo.InvariantCulture);
        var call = Call(["index-pack", "--stdin", .. how, "--max-input-size=" + max]) with
        {
            Alternate = isThin ? mirror : null,
        };
        var output = await GitPipe.RunAsync(git, call, SendPackAsync, DropAsync, cancellationToken);
        if (output.Worked)
            return null;
        if (output.End is GitEnd.TimedOut)
            return Problem.Exceeded(
                $"the push could not be checked within {limits.Looking.TotalMinutes:0} minutes; push fewer commits at once"
            );
        return Problem.Invalid($"git does not take the pack: {UntrustedText.Line(output.Error, 300)}");
    }

    /// <summary>The answer of a run that reads these lines. Exceeded when it is larger than anybody needs.</summary>
    /// <param name="alone">Without what the mirror has.</param>
    public async Task<Result<string>> AskAsync(
        IEnumerable<string> input,
        bool alone,
        CancellationToken cancellationToken,
        params string[] arguments
    )
    {
        using var answer = new MemoryStream();
        var output = await StreamAsync(
            input,
            alone,
            async (stream, cancel) =>
            {
                var chunk = new byte[64 * 1024];
                while (await stream.ReadAsync(chunk, cancel) is > 0 and var count)
                {
                    await answer.WriteAsync(chunk.AsMemory(0, count), cancel);
                    if (answer.Length > LargestAnswer)
                        return false;
                }
                return true;
            },
            cancellationToken,
            arguments
        );
        return output.Failed(out var problem) ? problem : Encoding.UTF8.GetString(answer.ToArray());
    }

    /// <summary>Hands the output over as it comes.</summary>
    public async Task<Result<Done>> StreamAsync(
        IEnumerable<string> input,
        bool alone,
        Func<Stream, CancellationToken, Task<bool>> read,
        CancellationToken cancellationToken,
        params string[] arguments
    )
    {
        var call = Call(arguments) with { Alternate = alone ? null : mirror };
        var output = await GitPipe.RunAsync(
            git,
            call,
            (stream, cancel) => SendLinesAsync(stream, input, cancel),
            read,
            cancellationToken
        );
        return output switch
        {
            { Worked: true } => Result.Done,
            { End: GitEnd.Stopped } => Problem.Exceeded(
                "the push is too large to be looked through; push less at once"
            ),
            { End: GitEnd.TimedOut } => Problem.Exceeded(
                $"the push could not be looked through within {limits.Looking.TotalMinutes:0} minutes; push fewer commits at once"
            ),
            _ => Problem.Invalid(
                $"the push is not whole: {UntrustedText.Line(output.Error, 200)}; run git fetch, then push again"
            ),
        };
    }

    /// <summary>The kinds of these objects, in order; null for one that is not here.</summary>
    /// <param name="names">Ids, or ids with <c>^{commit}</c> behind.</param>
    public async Task<Result<IReadOnlyList<(string Id, string? Kind)>>> KindsAsync(
        IReadOnlyCollection<string> names,
        CancellationToken cancellationToken
    )
    {
        const string Form = "--batch-check=%(objectname) %(objecttype)";
        var asked = await AskAsync(names, alone: false, cancellationToken, "cat-file", Form);
        if (asked.Failed(out var problem))
            return problem;
        var lines = asked.Value.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return Result.Of<IReadOnlyList<(string, string?)>>([.. lines.Select(Read)]);

        static (string, string?) Read(string line) =>
            line.Split(' ') is [var id, var kind and ("commit" or "tag" or "tree" or "blob")] && ObjectHash.IsId(id)
                ? (id, kind)
                : ("", null);
    }

    /// <summary>Null when it cannot be told because one of them is not here.</summary>
    public async Task<Result<bool>> IsAncestorAsync(
        CommitId ancestor,
        CommitId descendant,
        CancellationToken cancellationToken
    )
    {
        string[] arguments = ["merge-base", "--is-ancestor", ancestor.ToString(), descendant.ToString()];
        var output = await RunAsync(cancellationToken, arguments);
        return (output.End, output.ExitCode) switch
        {
            (GitEnd.Exited, 0) => true,
            (GitEnd.Exited, 1) => false,
            _ => Problem.Unavailable("the histories could not be compared; push again"),
        };
    }

    /// <summary>Where two histories parted; null when they never met.</summary>
    public async Task<string?> FindMergeBaseAsync(CommitId one, CommitId other, CancellationToken cancellationToken)
    {
        var output = await RunAsync(cancellationToken, "merge-base", one.ToString(), other.ToString());
        var found = Encoding.ASCII.GetString(output.Bytes).Trim();
        return output.Worked && ObjectHash.IsId(found) ? found : null;
    }

    private Task<GitOutput> RunAsync(CancellationToken cancellationToken, params string[] arguments) =>
        git.RunAsync(Call(arguments) with { Alternate = mirror }, CancellationToken.None, cancellationToken);

    private GitCall Call(params string[] arguments) =>
        new(quarantine.Folder, arguments)
        {
            Timeout = limits.Looking,
            Settings = [("core.quotePath", "false"), ("log.showRoot", "true")],
        };

    private async Task SendPackAsync(Stream input, CancellationToken cancellationToken)
    {
        await using var pack = File.OpenRead(quarantine.PackFile);
        await pack.CopyToAsync(input, cancellationToken);
    }

    private static async Task SendLinesAsync(
        Stream input,
        IEnumerable<string> lines,
        CancellationToken cancellationToken
    )
    {
        foreach (var some in lines.Chunk(1000))
        {
            var text = string.Concat(some.Select(line => line + "\n"));
            await input.WriteAsync(Encoding.ASCII.GetBytes(text), cancellationToken);
        }
    }

    private static async Task<bool> DropAsync(Stream output, CancellationToken cancellationToken)
    {
        await output.CopyToAsync(Stream.Null, cancellationToken);
        return true;
    }
}
