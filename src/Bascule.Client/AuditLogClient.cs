using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Audit.Log;
using Bascule.Core.Audit.Verifying;

namespace Bascule.Client;

/// <summary>
/// The audit log of a server, as c2sp.org/tlog-tiles has it served: anybody may read its checkpoints and hashes, its entries whoever may read the log. Nothing
/// that it answers is to be believed before it is checked.
/// </summary>
public sealed class AuditLogClient : ILogSource, IDisposable
{
    private readonly Exchange _exchange;
    private readonly string _prefix;
    private readonly bool _isKnown;

    /// <param name="prefix">Of the log: <c>https://bascule.example.com/audit</c>.</param>
    /// <param name="token">A session's; null for what anybody may read.</param>
    /// <param name="caFile">PEM certificates to trust instead of the system's; null for the system's.</param>
    public AuditLogClient(Uri prefix, Secret? token, string? caFile)
        : this(prefix, token, isLocal: false, caFile) { }

    private AuditLogClient(Uri prefix, Secret? token, bool isLocal, string? caFile)
    {
        _exchange = new Exchange(prefix, isLocal, token, caFile);
        _prefix = prefix.AbsolutePath.TrimEnd('/');
        _isKnown = token is not null;
        Name = prefix.GetLeftPart(UriPartial.Path).TrimEnd('/');
    }

    public string Name { get; }

    public bool HasHashes => true;

    /// <param name="token">What <c>data/cli.token</c> holds.</param>
    public static AuditLogClient ForLocal(Uri prefix, Secret token) => new(prefix, token, isLocal: true, caFile: null);

    public Task<Result<ReadOnlyMemory<byte>>> ReadCheckpointAsync(CancellationToken cancellationToken) =>
        GetAsync("checkpoint", cancellationToken);

    /// <summary>The newest checkpoint that a witness has cosigned whom the server asks for it. NotFound where there is none.</summary>
    public Task<Result<ReadOnlyMemory<byte>>> ReadWitnessedAsync(CancellationToken cancellationToken) =>
        GetAsync("witnessed", cancellationToken);

    public Task<Result<ReadOnlyMemory<byte>>> ReadAsync(TileName name, CancellationToken cancellationToken) =>
        NarrowTile.ReadAsync(name, exact => GetAsync(exact.Path, cancellationToken));

    /// <summary>The keys of all logs of this server, the newest first, as the server says: to be held against what one knows from elsewhere.</summary>
    public async Task<Result<IReadOnlyList<string>>> ReadKeysAsync(CancellationToken cancellationToken)
    {
        var read = await GetAsync("keys", cancellationToken);
        return read.Failed(out var problem)
            ? problem
            : Encoding.UTF8.GetString(read.Value.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Hands a cosigned checkpoint in. Invalid where the server does not take it.</summary>
    public async Task<Result<Done>> CosignAsync(SignedNote cosigned, CancellationToken cancellationToken)
    {
        using var body = new ByteArrayContent(Encoding.UTF8.GetBytes(cosigned.ToString()));
        body.Headers.ContentType = new MediaTypeHeaderValue("text/plain", "utf-8");
        var sent = await _exchange.SendAsync(
            HttpMethod.Post,
            $"{_prefix}/cosignatures",
            cancellationToken,
            body,
            ReadProblem
        );
        return sent.Failed(out var problem) ? problem : Result.Done;
    }

    public void Dispose() => _exchange.Dispose();

    private async Task<Result<ReadOnlyMemory<byte>>> GetAsync(string path, CancellationToken cancellationToken)
    {
        var read = await _exchange.SendAsync(
            HttpMethod.Get,
            $"{_prefix}/{path}",
            cancellationToken,
            readProblem: ReadProblem
        );
        return read.Failed(out var problem) ? problem : (ReadOnlyMemory<byte>)read.Value;
    }

    private Problem ReadProblem(HttpResponseMessage answer, byte[] body)
    {
        if (answer.StatusCode == HttpStatusCode.Unauthorized && !_isKnown)
            return Problem.Unauthenticated(
                $"the entries of {Name} are shown only to who may read them; sign in with: bascule login --server {new Uri(Name).GetLeftPart(UriPartial.Authority)}"
            );
        var path = answer.RequestMessage?.RequestUri?.AbsolutePath;
        return answer.StatusCode switch
        {
            HttpStatusCode.NotFound => Problem.NotFound($"{Name} has no {path}"),
            HttpStatusCode.Unauthorized => Problem.Unauthenticated(Detail(body) ?? $"{Name} does not know you"),
            HttpStatusCode.Forbidden => Problem.Denied(Detail(body) ?? $"{Name} does not let you read {path}"),
            HttpStatusCode.BadRequest => Problem.Invalid(Detail(body) ?? $"{Name} does not take {path}"),
            _ => Problem.Unavailable(
                Detail(body) ?? $"{Name} answers {(int)answer.StatusCode} to {path}; look at its log",
                answer.Headers.RetryAfter?.Delta
            ),
        };
    }

    private static string? Detail(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ApiJson.Default.ProblemDocument)?.Detail;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
