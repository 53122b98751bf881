using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Bascule.Connectors.Outbound;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>Calls of the workspace's REST API: signed in, one new login when the token has ended, patient where the caller allows.</summary>
internal sealed class DatabricksClient(OutboundClient http, DatabricksLogin login, TimeProvider time) : IDisposable
{
    private const int MostAttempts = 6;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    public void Dispose() => http.Dispose();

    public Task<Result<T>> GetAsync<T>(
        DatabricksSession session,
        string path,
        string doing,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    ) => CallAsync(session, HttpMethod.Get, path, doing, null, type, cancellationToken);

    public Task<Result<T>> GetPatientlyAsync<T>(
        DatabricksSession session,
        string path,
        string doing,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    ) => PatientlyAsync(() => GetAsync(session, path, doing, type, cancellationToken), cancellationToken);

    /// <summary>For a call that may be repeated: many of them make one step, and starting the step again would cost more than waiting.</summary>
    public Task<Result<T>> PostPatientlyAsync<T>(
        DatabricksSession session,
        string path,
        string doing,
        JsonObject body,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    ) => PatientlyAsync(() => PostAsync(session, path, doing, body, type, cancellationToken), cancellationToken);

    public Task<Result<T>> PostAsync<T>(
        DatabricksSession session,
        string path,
        string doing,
        JsonObject body,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    ) => CallAsync(session, HttpMethod.Post, path, doing, body, type, cancellationToken);

    /// <summary>For a call that may be repeated, as <see cref="PostPatientlyAsync"/>.</summary>
    public Task<Result<T>> PutPatientlyAsync<T>(
        DatabricksSession session,
        string path,
        string doing,
        JsonObject body,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    ) =>
        PatientlyAsync(
            () => CallAsync(session, HttpMethod.Put, path, doing, body, type, cancellationToken),
            cancellationToken
        );

    /// <summary>The descriptions name no answer, so none is read.</summary>
    public Task<Result<Done>> DeletePatientlyAsync(
        DatabricksSession session,
        string path,
        string doing,
        CancellationToken cancellationToken
    ) =>
        PatientlyAsync(
            () =>
                CallAsync(
                    session,
                    HttpMethod.Delete,
                    path,
                    doing,
                    null,
                    (answer, token) =>
                        answer.IsSuccess
                            ? Result.Done
                            : DatabricksAnswer.Read(answer, DatabricksJson.Default.JsonElement, token).Problem!,
                    cancellationToken
                ),
            cancellationToken
        );

    private Task<Result<T>> CallAsync<T>(
        DatabricksSession session,
        HttpMethod method,
        string path,
        string doing,
        JsonObject? body,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    ) =>
        CallAsync(
            session,
            method,
            path,
            doing,
            body,
            (answer, token) => DatabricksAnswer.Read(answer, type, token),
            cancellationToken
        );

    private async Task<Result<T>> CallAsync<T>(
        DatabricksSession session,
        HttpMethod method,
        string path,
        string doing,
        JsonObject? body,
        Func<OutboundAnswer, Secret, Result<T>> read,
        CancellationToken cancellationToken
    )
    {
        for (var isFirst = true; ; isFirst = false)
        {
            var token = await login.TokenAsync(session, cancellationToken);
            if (token.Failed(out var problem))
                return problem;
            var sent = await http.SendAsync(Request(method, path, doing, body, token.Value), cancellationToken);
            if (sent.Failed(out problem))
                return problem;
            if (sent.Value.Status != 401 || !isFirst)
                return read(sent.Value, token.Value);
            login.Forget(session, token.Value);
        }
    }

    private static OutboundRequest Request(HttpMethod method, string path, string doing, JsonObject? body, Secret token)
    {
        var authorization = new Secret($"Bearer {token.Reveal()}");
        return body is null
            ? new OutboundRequest(method, path, doing) { Authorization = authorization }
            : OutboundRequest.Send(method, path, doing, body, DatabricksJson.Default.JsonObject) with
            {
                Authorization = authorization,
            };
    }

    private async Task<Result<T>> PatientlyAsync<T>(Func<Task<Result<T>>> call, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var result = await call();
            if (!result.Failed(out var problem) || !problem.IsTransient || attempt == MostAttempts)
                return result;
            // Retry-After is not promised by Databricks; it is followed where it comes, and left to the caller where it is long.
            var wait = problem.RetryAfter ?? Backoff(attempt);
            if (wait > LongestWait)
                return result;
            await Task.Delay(wait, time, cancellationToken);
        }
    }

    /// <summary>0.5, 1, 2, 4, 8 s, each between half and all of it, so that many callers do not come back together.</summary>
    private static TimeSpan Backoff(int attempt) =>
        FirstWait * Math.Pow(2, attempt - 1) * (RandomNumberGenerator.GetInt32(50, 101) / 100.0);
}
