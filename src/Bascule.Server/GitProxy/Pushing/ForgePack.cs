using System.Text;
using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>Writes the pack of what Bascule itself pushes to a forge, from a mirror that it only reads.</summary>
/// <param name="mirror">The objects folder of the repository's mirror.</param>
internal sealed class ForgePack(GitCommand git, Quarantine place, string mirror, TimeSpan timeout)
{
    /// <summary>What a commit leads to and another does not, into the pack file of the place.</summary>
    /// <param name="there">That the forge has already; null for nothing known.</param>
    public async Task<Result<Done>> WriteAsync(CommitId commit, CommitId? there, CancellationToken cancellationToken)
    {
        var wanted = there is { } known ? $"{commit}\n^{known}\n" : $"{commit}\n";
        await using var file = File.Create(place.PackFile);
        var packed = await GitPipe.RunAsync(
            git,
            new GitCall(place.Folder, ["pack-objects", "--revs", "--stdout", "--delta-base-offset", "-q"])
            {
                Timeout = timeout,
                Alternate = mirror,
            },
            (input, cancel) => input.WriteAsync(Encoding.ASCII.GetBytes(wanted), cancel).AsTask(),
            async (pack, cancel) =>
            {
                await pack.CopyToAsync(file, cancel);
                return true;
            },
            cancellationToken
        );
        return packed.Worked
            ? Result.Done
            : Problem.Unavailable(
                $"git could not pack what is pushed to the forge: {UntrustedText.Line(packed.Error, 300)}"
            );
    }
}
