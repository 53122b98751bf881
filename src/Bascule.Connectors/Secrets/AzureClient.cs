using System.Collections.Concurrent;
using System.Text.Json.Serialization.Metadata;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Identity;

namespace Bascule.Connectors.Secrets;

/// <summary>Key Vault's data plane, version 7.4 (https://learn.microsoft.com/rest/api/keyvault/).</summary>
internal sealed class AzureClient(AzureOptions options, AzureLogin login, TimeProvider time, Action<string>? detail)
    : IDisposable
{
    public const string Version = "?api-version=7.4";
    private readonly ConcurrentDictionary<Uri, OutboundClient> _clients = new();

    /// <summary>
    /// The id of a call in Azure's own logs: what Azure Resource Manager reads, and what Key Vault's log of its data plane shows as its correlationId.
    /// </summary>
    public static IReadOnlyDictionary<string, Secret> Correlation(CallId id) =>
        new Dictionary<string, Secret>
        {
            ["x-ms-correlation-request-id"] = new(id.ToString()),
            ["x-ms-client-request-id"] = new(id.ToString()),
        };

    public static AzureClient Open(
        AzureOptions options,
        IRunIdentity? identity,
        TimeProvider time,
        Action<string>? detail
    ) => new(options, new AzureLogin(options, identity, detail), time, detail);

    public async Task<Result<T>> CallAsync<T>(
        string vault,
        OutboundRequest request,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    )
    {
        var authorization = await login.AuthorizationAsync(cancellationToken);
        if (authorization.Failed(out var refused))
            return refused with { Message = $"{refused.Message}; it was to {request.Doing}" };
        var client = _clients.GetOrAdd(options.VaultUrl(vault), Client);
        var sent = await client.SendAsync(request with { Authorization = authorization.Value }, cancellationToken);
        if (sent.Failed(out var problem))
            return problem;
        return sent.Value.IsSuccess
            ? sent.Value.Read(type)
            : sent.Value.AsProblem(Said(sent.Value, authorization.Value))!;
    }

    public void Dispose()
    {
        login.Dispose();
        foreach (var client in _clients.Values)
            client.Dispose();
    }

    private OutboundClient Client(Uri vault) =>
        new(
            new OutboundOptions
            {
                Subject = AzureOptions.Subject,
                Url = vault,
                CaFile = options.CaFile,
                Time = time,
                Detail = detail,
                MaxAnswerBytes = 1024 * 1024,
            }
        );

    private static string? Said(OutboundAnswer answer, Secret authorization)
    {
        var read = JsonReading.Read(answer.Body, AzureJson.Default.AzureRefusal);
        return read.Problem is null && read.Value.Error is { } error
            ? $"{error.Code}: {error.Message?.Replace(authorization.Reveal()[7..], "***", StringComparison.Ordinal)}"
            : null;
    }
}
