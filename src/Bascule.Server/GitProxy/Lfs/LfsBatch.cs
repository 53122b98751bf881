using System.Text.Json;
using Bascule.Core;
using Bascule.Core.Exchange;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Bascule.Server.GitProxy.Lfs;

/// <summary>Which objects a client would like to read or to write.</summary>
internal sealed record LfsBatch(GitVerb Verb, IReadOnlyList<LfsPointer> Objects)
{
    private const int Depth = 8;

    /// <summary>Invalid for what is no such question; Limited when it asks for more than is answered at once.</summary>
    public static async Task<Result<LfsBatch>> ReadAsync(HttpRequest request, GitProxyOptions options)
    {
        if (!IsOurs(request))
            return Problem.Invalid($"a request to this address has the content type {LfsAnswer.MediaType}");
        var cancellationToken = request.HttpContext.RequestAborted;
        var read = await RequestBody.ReadAsync(request, request.ContentType!, options, cancellationToken);
        if (read.Failed(out var problem))
            return problem;
        try
        {
            using var document = JsonDocument.Parse(read.Value, new JsonDocumentOptions { MaxDepth = Depth });
            return Read(document.RootElement, options.MaxLfsObjects);
        }
        catch (Exception malformed)
            when (malformed is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return Problem.Invalid("what was sent is no request of git-lfs");
        }
    }

    private static Result<LfsBatch> Read(JsonElement body, int most)
    {
        GitVerb? verb = body.GetProperty("operation").GetString() switch
        {
            "download" => GitVerb.Fetch,
            "upload" => GitVerb.Push,
            _ => null,
        };
        if (verb is not { } asked)
            return Problem.Invalid("the operation is download or upload");
        if (body.TryGetProperty("hash_algo", out var hash) && hash.GetString() != "sha256")
            return Problem.Invalid("objects are named by SHA-256");
        if (body.TryGetProperty("transfers", out var ways) && !Texts(ways).Contains("basic"))
            return Problem.Invalid("objects are transferred by 'basic', and in no other way");
        var objects = body.GetProperty("objects").EnumerateArray().Select(Pointer).ToList();
        if (objects.Count > most)
            return Problem.Exceeded($"at most {most} objects are asked for at once");
        return objects.TrueForAll(one => one is { Size: >= 0 } && LfsPointer.IsOid(one.Oid))
            ? new LfsBatch(asked, objects)
            : Problem.Invalid("an object is named by 64 hex digits and its size");
    }

    private static LfsPointer Pointer(JsonElement one) =>
        new(one.GetProperty("oid").GetString() ?? "", one.GetProperty("size").GetInt64());

    private static List<string?> Texts(JsonElement list) =>
        list.ValueKind == JsonValueKind.Null ? ["basic"] : [.. list.EnumerateArray().Select(one => one.GetString())];

    private static bool IsOurs(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals(LfsAnswer.MediaType, StringComparison.OrdinalIgnoreCase);
}
