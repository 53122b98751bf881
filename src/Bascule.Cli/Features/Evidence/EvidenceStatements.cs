using System.CommandLine;
using Bascule.Client;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Evidence;

namespace Bascule.Cli.Features.Evidence;

/// <summary>Asks the server whose logs they are.</summary>
internal sealed class EvidenceStatements(BasculeClient client) : IStatementSource, IDisposable
{
    /// <summary>Null where the logs are from elsewhere and no server was named: nothing but an address uses the network.</summary>
    public static Result<EvidenceStatements?> Open(ParseResult parsed)
    {
        if (parsed.GetValue(EvidenceLogs.Log) is { Length: > 0 } && parsed.GetValue(ConnectionFeature.Server) is null)
            return Result.Of<EvidenceStatements?>(null);
        var opened = ConnectionFeature.Open(parsed);
        return opened.Failed(out var problem) ? problem : new EvidenceStatements(opened.Value);
    }

    public Task<Result<AttestationList>> ListAsync(string run, CancellationToken cancellationToken) =>
        client.ListAttestationsAsync(run, cancellationToken);

    public Task<Result<ProvenanceKeyList>> ListKeysAsync(CancellationToken cancellationToken) =>
        client.ListProvenanceKeysAsync(cancellationToken);

    public void Dispose() => client.Dispose();
}
