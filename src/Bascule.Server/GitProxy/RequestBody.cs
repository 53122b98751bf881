using System.IO.Compression;
using Bascule.Core;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.GitProxy;

/// <summary>Reads what a client asks with: bounded as it arrives, and again as it unfolds (THREATS T95).</summary>
internal static class RequestBody
{
    private const int Chunk = 16 * 1024;

    /// <summary>Limited when it is larger than git's questions are, or does not arrive in time.</summary>
    public static async Task<Result<byte[]>> ReadAsync(
        HttpRequest request,
        string mediaType,
        GitProxyOptions options,
        CancellationToken cancellationToken
    )
    {
        if (request.ContentType != mediaType)
            return Problem.Invalid($"a request to this address has the content type {mediaType}");
        var encoding = request.Headers.ContentEncoding.ToString();
        if (encoding is not ("" or "identity" or "gzip" or "x-gzip"))
            return Problem.Invalid("a request may be compressed with gzip, and with nothing else");
        if (request.ContentLength > options.MaxRequestBytes)
            return TooLarge(request, "question_bytes", options.MaxRequestBytes);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.RequestTimeout);
        try
        {
            if (await ReadAsync(request.Body, options.MaxRequestBytes, limit.Token) is not { } sent)
                return TooLarge(request, "question_bytes", options.MaxRequestBytes);
            if (!encoding.EndsWith("gzip", StringComparison.Ordinal))
                return sent;
            return await UnfoldAsync(sent, options.MaxRequestPlainBytes, limit.Token) is { } plain
                ? plain
                : TooLarge(request, "question_unpacked_bytes", options.MaxRequestPlainBytes);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            MetLimit.Note(request.HttpContext, "question_seconds");
            return Problem.Limited("the request did not arrive in time; try again over a better connection");
        }
        catch (Exception malformed) when (malformed is InvalidDataException or BadHttpRequestException)
        {
            return Problem.Invalid("the request's body is not what its headers say");
        }
    }

    private static async Task<byte[]?> UnfoldAsync(byte[] sent, int most, CancellationToken cancellationToken)
    {
        using var folded = new MemoryStream(sent);
        await using var plain = new GZipStream(folded, CompressionMode.Decompress);
        return await ReadAsync(plain, most, cancellationToken);
    }

    /// <summary>Null when there is more.</summary>
    private static async Task<byte[]?> ReadAsync(Stream stream, int most, CancellationToken cancellationToken)
    {
        using var kept = new MemoryStream();
        var chunk = new byte[Chunk];
        while (await stream.ReadAsync(chunk, cancellationToken) is > 0 and var count)
        {
            if (kept.Length + count > most)
                return null;
            await kept.WriteAsync(chunk.AsMemory(0, count), cancellationToken);
        }
        return kept.ToArray();
    }

    private static Problem TooLarge(HttpRequest request, string limit, int most)
    {
        MetLimit.Note(request.HttpContext, limit);
        return Problem.Exceeded($"the request is larger than {most} bytes; fetch fewer refs at once, or clone anew");
    }
}
