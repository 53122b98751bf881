using System.Text.Json;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Identity;

/// <summary>
/// Fetches our own key set from the public address before a key signs: a platform that cannot see a key yet would refuse its tokens and may
/// remember the refusal (ARCHITECTURE 6).
/// </summary>
internal sealed partial class KeyPublication : IDisposable
{
    private readonly SigningKeys _keys;
    private readonly OutboundClient _client;
    private readonly SemaphoreSlim _gate = new(1, 1);

    public KeyPublication(SigningKeys keys, Uri publicUrl, string? caFile, ILogger<KeyPublication> log)
    {
        _keys = keys;
        _client = new OutboundClient(
            new OutboundOptions
            {
                Subject = $"Bascule's public address {publicUrl}",
                Url = publicUrl,
                CaFile = caFile,
                Timeout = TimeSpan.FromSeconds(10),
                Detail = detail => Log.Unseen(log, detail),
            }
        );
    }

    /// <summary>Done when some key may sign. Unavailable, with the remedy, while none has been seen from outside.</summary>
    public async Task<Result<Done>> EnsureAsync(CancellationToken cancellationToken)
    {
        if ((await _keys.FindSigningKeyAsync(cancellationToken)).Problem is null)
            return Result.Done;
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return (await _keys.FindSigningKeyAsync(cancellationToken)).Problem is null
                ? Result.Done
                : await LookAsync(cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _gate.Dispose();
    }

    /// <summary>Fetches the published set now, whatever is known already; <c>doctor</c> asks for this.</summary>
    public async Task<Result<Done>> LookAsync(CancellationToken cancellationToken)
    {
        var request = OutboundRequest.Get(IdentityEndpoints.KeySet, "fetching back the published signing keys");
        var answer = await _client.SendAsync(request, cancellationToken);
        if (answer.Failed(out var problem))
            return Explain(problem.Message);
        if (answer.Value.AsProblem() is { } refusal)
            return Explain(refusal.Message);
        var json = Core.Json.StrictJson.Parse(answer.Value.Body);
        if (json.Failed(out var malformed))
            return Explain(malformed.Message);
        var marked = await _keys.MarkPublishedAsync(KeyIds(json.Value), cancellationToken);
        return marked.Failed(out var unmarked) ? Explain(unmarked.Message) : marked;
    }

    private Problem Explain(string why) =>
        Problem.Unavailable(
            $"Bascule cannot see its own signing keys from outside ({why}); make 'url' in bascule.yaml the address under which platforms and Bascule itself reach the public listener"
        );

    private static HashSet<string> KeyIds(JsonElement keySet) =>
        keySet.TryGetProperty("keys", out var keys) && keys.ValueKind == JsonValueKind.Array
            ?
            [
                .. keys.EnumerateArray()
                    .Where(key => key.ValueKind == JsonValueKind.Object && key.TryGetProperty("kid", out _))
                    .Select(key => key.GetProperty("kid"))
                    .Where(kid => kid.ValueKind == JsonValueKind.String)
                    .Select(kid => kid.GetString()!),
            ]
            : [];

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Own signing keys not seen: {Detail}")]
        public static partial void Unseen(ILogger log, string detail);
    }
}
