using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Bascule.Connectors.Outbound;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.Airflow;

/// <summary>Calls of the public API: signed in, with one new login when the token has ended. Nothing is repeated here; how long to wait is in the problem.</summary>
internal sealed class AirflowHttp(OutboundClient http, AirflowLogin login) : IDisposable
{
    public void Dispose()
    {
        login.Dispose();
        http.Dispose();
    }

    public Task<Result<T>> GetAsync<T>(
        AirflowSession session,
        string path,
        string doing,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    ) => ReadAsync(session, () => OutboundRequest.Get(path, doing), type, cancellationToken);

    public Task<Result<T>> SendAsync<T>(
        AirflowSession session,
        HttpMethod method,
        string path,
        string doing,
        JsonObject body,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    ) =>
        ReadAsync(
            session,
            () => OutboundRequest.Send(method, path, doing, body, AirflowJson.Default.JsonObject),
            type,
            cancellationToken
        );

    /// <summary>The answer and with what it was asked; a refusal is an answer too.</summary>
    public async Task<Result<(OutboundAnswer Answer, Secret Authorization)>> AskAsync(
        AirflowSession session,
        Func<OutboundRequest> request,
        CancellationToken cancellationToken
    )
    {
        for (var isFirst = true; ; isFirst = false)
        {
            var authorization = await login.AuthorizationAsync(session, cancellationToken);
            if (authorization.Failed(out var problem))
                return problem;
            var sent = await http.SendAsync(request() with { Authorization = authorization.Value }, cancellationToken);
            if (sent.Failed(out problem))
                return problem;
            if (sent.Value.Status != 401 || !isFirst || !login.Forget(session, authorization.Value))
                return (sent.Value, authorization.Value);
        }
    }

    private async Task<Result<T>> ReadAsync<T>(
        AirflowSession session,
        Func<OutboundRequest> request,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    )
    {
        var asked = await AskAsync(session, request, cancellationToken);
        return asked.Failed(out var problem)
            ? problem
            : AirflowAnswer.Read(asked.Value.Answer, type, asked.Value.Authorization);
    }
}
