using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Server.Mirrors;

namespace Bascule.Server.GitProxy.Lfs;

/// <summary>What the forge offers for an object: where, below the repository's own address.</summary>
internal sealed record LfsOffer(string? Download, string? Upload, string? Verify, bool IsRefused)
{
    public bool IsThere => Download is not null;
}

/// <summary>
/// git-lfs's API of the forge. The addresses that it answers are taken for what follows the repository in them and nothing else: no host of the forge's choosing is
/// asked, and Bascule's credential goes where it always goes (THREATS T78, T80, T93).
/// </summary>
internal sealed class LfsForge(ForgeRequests forge, MirrorOptions options)
{
    private const string Root = "/info/lfs/";
    private const string Verifying = "/verify";
    private const int LargestAnswer = 8 << 20;
    private const int Chunk = 16 * 1024;

    /// <summary>NotFound where the forge has no LFS, or none for this repository.</summary>
    /// <param name="operation">download or upload.</param>
    public async Task<Result<IReadOnlyDictionary<LfsPointer, LfsOffer>>> AskAsync(
        GitAccess access,
        string operation,
        IReadOnlyCollection<LfsPointer> objects,
        CancellationToken cancellationToken
    )
    {
        if (objects.Count == 0)
            return Result.Of<IReadOnlyDictionary<LfsPointer, LfsOffer>>(new Dictionary<LfsPointer, LfsOffer>());
        var question = new JsonObject
        {
            ["operation"] = operation,
            ["transfers"] = new JsonArray("basic"),
            ["objects"] = new JsonArray([.. objects.Select(LfsAnswer.Had)]),
        };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.StallTimeout);
        try
        {
            return await AskAsync(access, question, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return RelayAnswer.Unreachable(access.Url);
        }
        catch (Exception failure) when (ForgeRequests.IsOutside(failure))
        {
            return RelayAnswer.Unreachable(access.Url);
        }
    }

    /// <summary>Once the headers are there.</summary>
    public Task<Result<HttpResponseMessage>> ReadAsync(
        GitAccess access,
        string tail,
        CancellationToken cancellationToken
    ) => SendAsync(HttpMethod.Get, access, tail, content: null, cancellationToken);

    public async Task<Result<Done>> WriteAsync(
        GitAccess access,
        LfsPointer pointer,
        LfsOffer offer,
        Stream bytes,
        CancellationToken cancellationToken
    )
    {
        using var content = new StreamContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        content.Headers.ContentLength = pointer.Size;
        var sent = await SendAsync(HttpMethod.Put, access, offer.Upload!, content, cancellationToken);
        if (sent.Failed(out var problem))
            return problem;
        sent.Value.Dispose();
        if (offer.Verify is not { } verify)
            return Result.Done;
        using var told = Json(LfsAnswer.Had(pointer));
        var verified = await SendAsync(HttpMethod.Post, access, verify, told, cancellationToken);
        if (verified.Failed(out problem))
            return problem;
        verified.Value.Dispose();
        return Result.Done;
    }

    private static Problem Malformed => Problem.Unavailable("the forge's answer about LFS objects is malformed");

    private async Task<Result<IReadOnlyDictionary<LfsPointer, LfsOffer>>> AskAsync(
        GitAccess access,
        JsonObject question,
        CancellationToken cancellationToken
    )
    {
        using var content = Json(question);
        var sent = await SendAsync(HttpMethod.Post, access, LfsAddress.Batch, content, cancellationToken);
        if (sent.Failed(out var problem))
            return problem;
        using var answer = sent.Value;
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        using var kept = new MemoryStream();
        var chunk = new byte[Chunk];
        while (await body.ReadAsync(chunk, cancellationToken) is > 0 and var count)
        {
            if (kept.Length + count > LargestAnswer)
                return Malformed;
            await kept.WriteAsync(chunk.AsMemory(0, count), cancellationToken);
        }
        try
        {
            return Read(kept.ToArray());
        }
        catch (Exception malformed)
            when (malformed is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return Malformed;
        }
    }

    private async Task<Result<HttpResponseMessage>> SendAsync(
        HttpMethod method,
        GitAccess access,
        string tail,
        HttpContent? content,
        CancellationToken cancellationToken
    )
    {
        using var request = forge.Lfs(method, access, tail, LfsAnswer.MediaType, content);
        return await forge.SendAsync(request, access, Refuses, cancellationToken);
    }

    private static Problem? Refuses(HttpResponseMessage answer, Uri repository) =>
        answer.StatusCode switch
        {
            HttpStatusCode.OK or HttpStatusCode.Created or HttpStatusCode.Accepted => null,
            HttpStatusCode.NotFound or HttpStatusCode.Gone or HttpStatusCode.NotImplemented => Problem.NotFound(
                "the forge keeps no LFS objects for this repository; switch LFS on there"
            ),
            HttpStatusCode.TooManyRequests => Problem.Limited(
                "the forge asks us to slow down",
                answer.Headers.RetryAfter?.Delta
            ),
            HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableContent => Problem.Invalid(
                "the forge does not take the object; it may be larger than the forge allows"
            ),
            _ => RelayAnswer.Unreachable(repository),
        };

    internal static Result<IReadOnlyDictionary<LfsPointer, LfsOffer>> Read(byte[] bytes)
    {
        var offers = new Dictionary<LfsPointer, LfsOffer>();
        using var document = JsonDocument.Parse(bytes);
        foreach (var one in document.RootElement.GetProperty("objects").EnumerateArray())
        {
            var pointer = new LfsPointer(one.GetProperty("oid").GetString() ?? "", one.GetProperty("size").GetInt64());
            var isRefused = one.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object;
            offers[pointer] = new LfsOffer(
                Tail(one, "download", pointer),
                Tail(one, "upload", pointer),
                Tail(one, "verify", pointer),
                isRefused
            );
        }
        return offers;
    }

    /// <summary>Null for an action that is not there, and for one that leads away from the object.</summary>
    private static string? Tail(JsonElement one, string action, LfsPointer pointer)
    {
        if (
            !one.TryGetProperty("actions", out var actions)
            || actions.ValueKind != JsonValueKind.Object
            || !actions.TryGetProperty(action, out var offered)
            || !Uri.TryCreate(offered.GetProperty("href").GetString(), UriKind.Absolute, out var href)
        )
            return null;
        var at = href.AbsolutePath.LastIndexOf(Root, StringComparison.Ordinal);
        if (at < 0 || href.Query.Length > 0)
            return null;
        var tail = href.AbsolutePath[at..];
        var isPlain = tail.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '/' or '-' or '_');
        var isOfIt = tail.Split('/').Contains(pointer.Oid) || tail.EndsWith(Verifying, StringComparison.Ordinal);
        return isPlain && isOfIt ? tail : null;
    }

    private static StringContent Json(JsonObject body)
    {
        var content = new StringContent(body.ToJsonString(), Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue(LfsAnswer.MediaType);
        return content;
    }
}
