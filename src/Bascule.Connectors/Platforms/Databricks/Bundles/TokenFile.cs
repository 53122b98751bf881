using System.Text;
using Bascule.Core;
using Bascule.Core.Identity;

namespace Bascule.Connectors.Platforms.Databricks.Bundles;

/// <summary>
/// The run's own token in a file for the CLI, which exchanges it as Bascule does (RFC 8693) and reads the file again for each exchange. Whoever holds the file
/// can do for a few minutes what the run may do.
/// </summary>
internal sealed class TokenFile(string path, IRunIdentity identity, string audience, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    /// <summary>Well before its end.</summary>
    private static readonly TimeSpan RenewEvery = TimeSpan.FromMinutes(10);

    private readonly List<Secret> _written = [];

    /// <summary>Replaces what is there in one step: a reader finds the old token or the new one.</summary>
    public async Task<Result<Done>> WriteAsync(CancellationToken cancellationToken)
    {
        var asserted = await identity.AssertAsync(audience, Lifetime, cancellationToken);
        if (asserted.Failed(out var problem))
            return problem;
        lock (_written)
            _written.Add(asserted.Value);
        var draft = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using (var file = new FileStream(draft, options))
            await file.WriteAsync(Encoding.ASCII.GetBytes(asserted.Value.Reveal()), cancellationToken);
        File.Move(draft, path, overwrite: true);
        return Result.Done;
    }

    /// <summary>Renews it until it is stopped. A token that cannot be renewed ends as it would have, and the CLI says that it is refused.</summary>
    public async Task RenewAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await Task.Delay(RenewEvery, time, stop);
                await WriteAsync(stop);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody needs it any more.
        }
    }

    /// <summary>The text without any token that was ever in the file.</summary>
    public string Without(string text)
    {
        lock (_written)
            return _written.Aggregate(
                text,
                (rest, token) => rest.Replace(token.Reveal(), "***", StringComparison.Ordinal)
            );
    }
}
