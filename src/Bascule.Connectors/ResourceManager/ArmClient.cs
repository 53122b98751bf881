using System.Text.Json.Nodes;
using Bascule.Connectors.Outbound;
using Bascule.Core;

namespace Bascule.Connectors.ResourceManager;

/// <summary>
/// Resources of Azure Resource Manager, by raw calls with exact bodies. Waits for what goes on after its answer
/// (https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations), and for what only now stands in the way.
/// Safe to use from many tasks at once.
/// </summary>
internal sealed class ArmClient(
    ArmOptions options,
    string apiVersion,
    OutboundClient http,
    ArmLogin login,
    TimeProvider time
) : IDisposable
{
    /// <summary>Of a list; a service that has more is not one of ours.</summary>
    private const int MaxPages = 200;

    private readonly ArmPatience _patience = new(time);

    public void Dispose()
    {
        login.Dispose();
        http.Dispose();
    }

    /// <summary>Null when it is not there.</summary>
    /// <param name="query">More of the query, with a leading ampersand; empty for none.</param>
    public async Task<Result<ArmResource?>> FindAsync(
        ArmSession session,
        string path,
        string query,
        string doing,
        CancellationToken cancellationToken
    )
    {
        var asked = await SendAsync(session, () => OutboundRequest.Get(Address(path, query), doing), cancellationToken);
        if (asked.Failed(out var problem))
            return problem.Code == ProblemCode.NotFound ? Result.Of<ArmResource?>(null) : problem;
        var read = asked.Value.Read(ArmJson.Default.JsonObject);
        if (read.Failed(out problem))
            return problem;
        return Resource(read.Value, asked.Value.Headers.GetValueOrDefault("ETag")) is { } found
            ? found
            : Problem.Invalid($"{asked.Value.Failing}: the answer is not a resource");
    }

    /// <summary>For what is there or not, and has nothing more to say.</summary>
    public async Task<Result<bool>> ExistsAsync(
        ArmSession session,
        string path,
        string doing,
        CancellationToken cancellationToken
    )
    {
        var request = () => new OutboundRequest(HttpMethod.Head, Address(path, ""), doing);
        var asked = await SendAsync(session, request, cancellationToken);
        if (asked.Failed(out var problem))
            return problem.Code == ProblemCode.NotFound ? false : problem;
        return true;
    }

    /// <summary>Every page of a list of resources. NotFound when what it is a list of is not there.</summary>
    public async Task<Result<IReadOnlyList<ArmResource>>> ListAsync(
        ArmSession session,
        string path,
        string doing,
        CancellationToken cancellationToken
    )
    {
        var listed = await ListRowsAsync(session, path, doing, cancellationToken);
        if (listed.Failed(out var problem))
            return problem;
        var found = listed.Value.Select(row => Resource(row, eTag: null)).ToList();
        return found.Contains(null)
            ? Problem.Invalid($"{options.Subject}: cannot {doing}: the list holds something that is not a resource")
            : Result.Of<IReadOnlyList<ArmResource>>([.. found.OfType<ArmResource>()]);
    }

    /// <summary>Every page of a list of whatever it is.</summary>
    public async Task<Result<IReadOnlyList<JsonObject>>> ListRowsAsync(
        ArmSession session,
        string path,
        string doing,
        CancellationToken cancellationToken
    )
    {
        var found = new List<JsonObject>();
        var next = Address(path, "");
        for (var pages = 0; pages < MaxPages; pages++)
        {
            var address = next;
            var asked = await SendAsync(session, () => OutboundRequest.Get(address, doing), cancellationToken);
            if (asked.Failed(out var problem))
                return problem;
            var page = asked.Value.Read(ArmJson.Default.ArmPage);
            if (page.Failed(out problem))
                return problem;
            found.AddRange(page.Value.Value ?? []);
            if (string.IsNullOrEmpty(page.Value.NextLink))
                return found;
            if (Below(page.Value.NextLink) is not { } below)
                return Problem.Invalid($"{asked.Value.Failing}: the next page is said to be on another server");
            next = below;
        }
        return Problem.Exceeded($"{options.Subject}: cannot {doing}: there are more than {MaxPages} pages");
    }

    /// <summary>Makes or replaces it, and waits until it is there. Conflict when it is not what <paramref name="ifMatch"/> names any more.</summary>
    /// <param name="body">Null for none.</param>
    /// <param name="ifMatch">Null to make it.</param>
    public Task<Result<Done>> PutAsync(
        ArmSession session,
        string path,
        JsonObject? body,
        string? ifMatch,
        string operation,
        string doing,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            session,
            path,
            operation,
            () =>
                body is null
                    ? new OutboundRequest(HttpMethod.Put, Address(path, ""), doing)
                    : OutboundRequest.Send(HttpMethod.Put, Address(path, ""), doing, body, ArmJson.Default.JsonObject),
            ifMatch,
            cancellationToken
        );

    /// <summary>Removes it, and waits until it is gone; done also when it was not there.</summary>
    /// <param name="query">More of the query, with a leading ampersand; empty for none.</param>
    /// <param name="ifMatch"><c>*</c> for whatever it is.</param>
    public Task<Result<Done>> DeleteAsync(
        ArmSession session,
        string path,
        string query,
        string ifMatch,
        string operation,
        string doing,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            session,
            path,
            operation,
            () => new OutboundRequest(HttpMethod.Delete, Address(path, query), doing),
            ifMatch,
            cancellationToken
        );

    /// <summary>Has something done and gives what is answered; for what is over with its answer.</summary>
    public Task<Result<JsonObject>> AskAsync(
        ArmSession session,
        string path,
        JsonObject body,
        string operation,
        string doing,
        CancellationToken cancellationToken
    ) =>
        WrittenDownAsync(
            session,
            path,
            operation,
            async (headers, stop) =>
            {
                var request = () =>
                    OutboundRequest.Send(HttpMethod.Post, Address(path, ""), doing, body, ArmJson.Default.JsonObject);
                var sent = await SendAsync(session, () => request() with { Headers = headers }, stop);
                return sent.Failed(out var problem) ? problem : sent.Value.Read(ArmJson.Default.JsonObject);
            },
            cancellationToken
        );

    /// <summary>Has something done, and waits until it is.</summary>
    public Task<Result<Done>> PostAsync(
        ArmSession session,
        string path,
        string operation,
        string doing,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            session,
            path,
            operation,
            () => new OutboundRequest(HttpMethod.Post, Address(path, ""), doing),
            ifMatch: null,
            cancellationToken
        );

    /// <summary>
    /// Whether we have a right, by asking for something to be done to what is not there: Azure looks at rights before it looks for the resource. It changes nothing,
    /// so nobody writes it down.
    /// </summary>
    public async Task<Result<Done>> ProbeAsync(
        ArmSession session,
        string path,
        string doing,
        CancellationToken cancellationToken
    )
    {
        var sent = await SendAsync(
            session,
            () => new OutboundRequest(HttpMethod.Post, Address(path, ""), doing),
            cancellationToken
        );
        return sent.Failed(out var problem) && problem.Code != ProblemCode.NotFound ? problem : Result.Done;
    }

    private Task<Result<Done>> ChangeAsync(
        ArmSession session,
        string path,
        string operation,
        Func<OutboundRequest> request,
        string? ifMatch,
        CancellationToken cancellationToken
    ) =>
        WrittenDownAsync(
            session,
            path,
            operation,
            async (headers, stop) =>
            {
                if (ifMatch is not null)
                    headers["If-Match"] = new Secret(ifMatch);
                var sent = await SendAsync(session, () => request() with { Headers = headers }, stop);
                if (sent.Failed(out var problem))
                    return problem.Code == ProblemCode.NotFound && request().Method == HttpMethod.Delete
                        ? Result.Done
                        : problem;
                return await SettleAsync(session, sent.Value, request().Doing, stop);
            },
            cancellationToken
        );

    /// <summary>Makes a call with an entry before it.</summary>
    private static Task<Result<T>> WrittenDownAsync<T>(
        ArmSession session,
        string path,
        string operation,
        Func<Dictionary<string, Secret>, CancellationToken, Task<Result<T>>> call,
        CancellationToken cancellationToken
    ) =>
        session.Audit is { } audit
            ? audit.CallAsync(
                operation,
                path,
                null,
                // Azure's own logs carry the entry's id: the audit log and they can be laid side by side.
                (id, stop) => call(new() { ["x-ms-correlation-request-id"] = new Secret(id.ToString()) }, stop),
                cancellationToken
            )
            : throw new InvalidOperationException("a change needs where it is written down");

    /// <summary>Waits for the end of an operation that goes on after its answer.</summary>
    private async Task<Result<Done>> SettleAsync(
        ArmSession session,
        OutboundAnswer answer,
        string doing,
        CancellationToken cancellationToken
    )
    {
        var (monitor, location) = (
            answer.Headers.GetValueOrDefault("Azure-AsyncOperation"),
            answer.Headers.GetValueOrDefault("Location")
        );
        if ((monitor ?? location) is not { } said)
            return Result.Done;
        if (Below(said) is not { } address)
            return Problem.Invalid($"{answer.Failing}: the operation is said to be on another server");
        var ends = time.GetUtcNow() + ArmPatience.LongestOperation;
        var wait = answer.RetryAfter;
        while (time.GetUtcNow() < ends)
        {
            await _patience.BetweenLooksAsync(wait, cancellationToken);
            var asked = await SendAsync(session, () => OutboundRequest.Get(address, doing), cancellationToken);
            if (asked.Failed(out var problem))
                return problem.Code == ProblemCode.Denied ? Unseen(problem) : problem;
            if (await EndOfAsync(session, asked.Value, monitor is not null, cancellationToken) is { } end)
                return end;
            wait = asked.Value.RetryAfter;
        }
        return Problem.Unavailable($"{options.Subject}: cannot {doing}: Azure has not ended it yet");
    }

    /// <summary>A role at the resource itself may begin an operation, and may not see how it ends.</summary>
    private static Problem Unseen(Problem refusal) =>
        Problem.Denied(
            $"{refusal.Message}; it was begun, and how it ends is asked at the resource group: give the role there"
        );

    /// <summary>Null while it goes on.</summary>
    private async Task<Result<Done>?> EndOfAsync(
        ArmSession session,
        OutboundAnswer answer,
        bool hasStatus,
        CancellationToken cancellationToken
    )
    {
        if (!hasStatus)
            return answer.Status == 202 ? null : Result.Done;
        var read = answer.Read(ArmJson.Default.ArmOperation);
        if (read.Failed(out var problem))
            return problem;
        if (read.Value.Status is not ("Succeeded" or "Failed" or "Canceled"))
            return null;
        if (read.Value.Status == "Succeeded")
            return Result.Done;
        var authorization = await login.AuthorizationAsync(session, cancellationToken);
        var words = authorization.Problem is null ? ArmAnswer.Words(read.Value.Error, authorization.Value) : null;
        return Problem.Invalid(
            $"{answer.Failing}: it ended as {read.Value.Status}: {StatusProblem.Clean(words ?? "")}"
        );
    }

    /// <summary>A success; refusals that pass are waited out, and one login that has ended is renewed.</summary>
    private async Task<Result<OutboundAnswer>> SendAsync(
        ArmSession session,
        Func<OutboundRequest> request,
        CancellationToken cancellationToken
    )
    {
        var renewed = false;
        var isRead = request().Method is var method && (method == HttpMethod.Get || method == HttpMethod.Head);
        for (var attempt = 1; ; attempt++)
        {
            var authorization = await login.AuthorizationAsync(session, cancellationToken);
            if (authorization.Failed(out var problem))
                return problem;
            var sent = await http.SendAsync(request() with { Authorization = authorization.Value }, cancellationToken);
            if (sent.Failed(out problem))
                return problem;
            if (sent.Value.Status == 401 && !renewed)
            {
                renewed = true;
                login.Forget(session, authorization.Value);
                continue;
            }
            if (ArmAnswer.Refusal(sent.Value, authorization.Value) is not { } refusal)
                return sent;
            // A change that the server broke on may have been made: who asked for it looks before asking again.
            if (sent.Value.Status >= 500 && !isRead)
                return refusal;
            if (!refusal.IsTransient || !await _patience.TryAgainAsync(refusal, attempt, cancellationToken))
                return refusal;
        }
    }

    private string Address(string path, string query) => $"{path}?api-version={apiVersion}{query}";

    /// <summary>The path and query of an absolute address of this server; null for another one's (THREATS T143).</summary>
    private string? Below(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url)
        && Uri.Compare(
            url,
            options.Url,
            UriComponents.SchemeAndServer,
            UriFormat.SafeUnescaped,
            StringComparison.OrdinalIgnoreCase
        ) == 0
            ? url.PathAndQuery
            : null;

    private static ArmResource? Resource(JsonObject body, string? eTag)
    {
        try
        {
            return body["name"] is JsonValue name && body["properties"] is JsonObject properties
                ? new ArmResource(name.GetValue<string>(), properties, eTag)
                : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
