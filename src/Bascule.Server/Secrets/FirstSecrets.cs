using Bascule.Connectors.Secrets;
using Bascule.Core;
using Bascule.Server.Configuration;

namespace Bascule.Server.Secrets;

/// <summary>Reads secrets whose source asks for none of Bascule's own tokens: the database need not be open for it, and may be opened with one of them.</summary>
public static class FirstSecrets
{
    /// <param name="onlyForStorage">For a command that opens the database and needs nothing else.</param>
    public static async Task<Result<Done>> ReadAsync(
        ServerSettings settings,
        TimeProvider time,
        CancellationToken cancellationToken,
        bool onlyForStorage = false
    )
    {
        List<string> details = [];
        using var sources = SecretSources.Open(settings.SecretSources, identity: null, time, details.Add);
        var wanted = settings.Secrets.All.Where(secret =>
            sources.CanRead(secret.Reference) && (secret.OpensStorage || !onlyForStorage)
        );
        var read = await sources.ReadAllAsync(wanted, cancellationToken);
        // There is no log yet, so why a source did not answer stands in the error itself.
        return read.Failed(out var problem) && details.Count > 0
            ? problem with
            {
                Message = $"{problem.Message} ({details[^1]})",
            }
            : read;
    }
}
